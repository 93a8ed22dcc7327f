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
      attributes: { "process.exit.code": 3 },
    }),
  ];
  expect(`\n${waterfall(spans, PLAIN)}\n`).toBe(`
trace 4bf92f3577b34da6a3ce929d0e0e4736 · 5 spans · 1.0 s
invoke_agent          ████████████████████████       1.0 s
  turn 1              ████████████                  500 ms
    chat demo         ██████                        250 ms
    execute_tool bash       █                       2.0 ms  exit 3  ✗ it failed
  turn 2                          ████████████      500 ms
`);
});

test("a second attempt is named as one", () => {
  const spans = [span("first", null, [0, 1]), span("second", null, [2, 3], { attempt: 2 })];
  expect(waterfall(spans, PLAIN)).toMatch(/\nfirst .*\nsecond \(attempt 2\) /);
});

test("an error without a message is named by its type", () => {
  const spans = [span("a", null, [0, 1], { status: { code: "error" }, attributes: { "error.type": "timeout_idle" } })];
  expect(waterfall(spans, PLAIN)).toMatch(/✗ timeout_idle$/);
});

test("spans without length, without a parent or in a circle are all shown once", () => {
  const spans = [span("a", "b", [0, 0]), span("b", "a", [0, 0]), span("c", "gone", [0, 0])];
  const lines = waterfall(spans, PLAIN).split("\n").slice(1);
  expect(lines.map((line) => line.trim().split(" ")[0])).toEqual(["c", "a", "b"]);
});

test("names are cut, and cannot command the terminal", () => {
  const [, line = ""] = waterfall([span(`\u001b[2J${"x".repeat(100)}`, null, [0, 1])], PLAIN).split("\n");
  expect(line).toMatch(/^x{47}… █{10} /);
});

test("bars are coloured when colour is wanted", () => {
  expect(waterfall([span("a", null, [0, 1])], { columns: 40, paint: paintColour })).toContain("\u001b[36m█");
});

test("no spans are no text", () => {
  expect(waterfall([], PLAIN)).toBe("");
});
