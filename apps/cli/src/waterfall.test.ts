import type { Span } from "@pifleet/client";
import { expect, test } from "vitest";
import { paintColour, paintNothing } from "./output.ts";
import { waterfall } from "./waterfall.ts";

const PLAIN = { columns: 58, paint: paintNothing };

function span(
  name: string,
  parent: string | null,
  times: [startMs: number, endMs: number],
  more: Partial<Span> = {},
): Span {
  return {
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: name,
    parentSpanId: parent,
    name,
    kind: "internal",
    attempt: 1,
    startMs: 1_000_000 + times[0],
    endMs: 1_000_000 + times[1],
    status: { code: "unset" },
    attributes: {},
    events: [],
    ...more,
  };
}

test("a run is a tree with its times as bars", () => {
  const spans = [
    span("invoke_agent", "the caller's", [0, 1_000]),
    span("turn 2", "invoke_agent", [500, 1_000]),
    span("turn 1", "invoke_agent", [0, 500]),
    span("chat demo", "turn 1", [0, 250]),
    span("execute_tool bash", "turn 1", [250, 252], {
      status: { code: "error", message: "it\nfailed" },
      attributes: { "error.type": "tool_error", "process.exit.code": 3 },
    }),
  ];
  expect(`\n${waterfall(spans, PLAIN)}\n`).toBe(`
trace 4bf92f3577b34da6a3ce929d0e0e4736 · 5 spans · 1.0 s
invoke_agent          ██████████████████████       1.0 s
  turn 1              ███████████                 500 ms
    chat demo         ██████                      250 ms
    execute_tool bash      █                      2.0 ms ✗
      ✗ tool_error: it failed (exit 3)
  turn 2                         ███████████      500 ms
`);
});

/** The spans that the API made of a submission. */
const SUBMITTED = [
  span("POST /v1/invocations", "the caller's", [0, 3], { kind: "server", attempt: 0 }),
  span("send invocations", "POST /v1/invocations", [2, 3], { kind: "producer", attempt: 0 }),
];

/** An attempt that was claimed `afterMs` after the submission and ran for 4 s. */
function attempt(number: number, afterMs: number, more: Partial<Span> = {}): Span[] {
  const process = `process ${number}`;
  const times: [number, number] = [afterMs, afterMs + 4_000];
  return [
    span(process, "send invocations", times, { name: "process invocations", attempt: number, ...more }),
    span(`agent ${number}`, process, times, { name: "invoke_agent demo/scripted", attempt: number, ...more }),
  ];
}

const WORKER_LOST: Partial<Span> = {
  status: { code: "error", message: "The worker was lost" },
  attributes: { "error.type": "worker_lost" },
};

test("an hour in the queue is told, and leaves the bars to what came after it", () => {
  const spans = [...SUBMITTED, ...attempt(1, 3_600_000)];
  expect(`\n${waterfall(spans, { ...PLAIN, columns: 80 })}\n`).toBe(`
trace 4bf92f3577b34da6a3ce929d0e0e4736 · 4 spans · 1 h 00 min
POST /v1/invocations             █                                        3.0 ms
  send invocations               █                                        1.0 ms
    · waiting                     ···                                 1 h 00 min
    process invocations              ███████████████████████████████       4.0 s
      invoke_agent demo/scripted     ███████████████████████████████       4.0 s
`);
});

test("each attempt has its place in the tree, its wait, and the reason why it failed, once", () => {
  const spans = [...SUBMITTED, ...attempt(1, 5, WORKER_LOST), ...attempt(2, 64_005)];
  expect(`\n${waterfall(spans, { ...PLAIN, columns: 80 })}\n`).toBe(`
trace 4bf92f3577b34da6a3ce929d0e0e4736 · 6 spans · 1 min 08 s
POST /v1/invocations                █                                   3.0 ms
  send invocations                  █                                   1.0 ms
    process invocations             █████████████                        4.0 s ✗
      ✗ worker_lost: The worker was lost
      invoke_agent demo/scripted    █████████████                        4.0 s ✗
    · waiting                                    ···                1 min 00 s
    process invocations (attempt 2)                 █████████████        4.0 s
      invoke_agent demo/scripted                    █████████████        4.0 s
`);
});

test("what has not ended yet is marked", () => {
  const open = { attributes: { "pifleet.open": true } };
  const spans = [...SUBMITTED, ...attempt(1, 5, open)];
  const lines = waterfall(spans, PLAIN).split("\n");
  expect(lines[0]).toMatch(/ · 4 spans · 4\.0 s, running$/);
  expect(lines.slice(1).map((line) => line.includes("█… "))).toEqual([false, false, true, true]);
});

test.each([80, 100, 120])("no line is wider than %d columns", (columns) => {
  const long = { ...WORKER_LOST, status: { code: "error", message: "lost ".repeat(100) } } as const;
  const deep = Array.from({ length: 8 }, (_, i) => span(`${i}`, `${i - 1}`, [0, 9_000], { name: "x".repeat(90) }));
  const spans = [...SUBMITTED, ...attempt(1, 3_600_000, long), ...attempt(12, 7_200_000), ...deep];
  for (const line of waterfall(spans, { ...PLAIN, columns }).split("\n"))
    expect([...line].length).toBeLessThanOrEqual(columns);
});

test("a second attempt is named as one", () => {
  const spans = [span("first", null, [0, 1]), span("second", null, [1, 3], { attempt: 2 })];
  expect(waterfall(spans, PLAIN)).toMatch(/\nfirst .*\nsecond \(attempt 2\) /);
});

test.each([
  [{ status: { code: "error" }, attributes: { "error.type": "timeout_idle" } }, "✗ timeout_idle"],
  [{ status: { code: "error", message: "it broke" } }, "✗ it broke"],
  [{ status: { code: "error" } }, "✗ error"],
  [{ attributes: { "process.exit.code": 2 } }, "exit 2"],
] as const)("below a span stands what is known of its failure: %j", (more, remark) => {
  const lines = waterfall([span("a", null, [0, 1], more as Partial<Span>)], PLAIN).split("\n");
  expect(lines[2]).toBe(`  ${remark}`);
});

test("spans without length, without a parent or in a circle are all shown once", () => {
  const spans = [span("a", "b", [0, 0]), span("b", "a", [0, 0]), span("c", "gone", [0, 0])];
  const lines = waterfall(spans, PLAIN).split("\n").slice(1);
  expect(lines.map((line) => line.trim().split(" ")[0])).toEqual(["c", "a", "b"]);
});

test("names are cut, and cannot command the terminal", () => {
  const [, line = ""] = waterfall([span(`\u001b[2J${"x".repeat(100)}`, null, [0, 1])], PLAIN).split("\n");
  expect(line).toMatch(/^x{28}… █{16} /);
});

test("bars are coloured when colour is wanted", () => {
  expect(waterfall([span("a", null, [0, 1])], { columns: 40, paint: paintColour })).toContain("\u001b[36m█");
});

test("no spans are no text", () => {
  expect(waterfall([], PLAIN)).toBe("");
});
