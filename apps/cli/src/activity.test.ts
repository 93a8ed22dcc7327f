import { type Event, NO_USAGE } from "@pifleet/invocation";
import { expect, test } from "vitest";
import { Activity } from "./activity.ts";

const START = Date.parse("2030-01-02T03:04:00.000Z");
const at = (seconds: number) => ({ at: new Date(START + seconds * 1_000).toISOString(), attempt: 1 });
const bash = { callId: "call-1", name: "bash" };
const queued: Event = { ...at(0), type: "invocation.queued" };
const started: Event = { ...at(10), type: "attempt.started", worker: "w1" };
const turn: Event = { ...at(11), type: "turn.started", turn: 1 };

/** What is said so many seconds after the invocation was queued. */
function describeAt(seconds: number, ...events: Event[]): string {
  const activity = new Activity();
  for (const event of events) activity.next(event);
  return activity.describe(START + seconds * 1_000);
}

test("before the first event it is that which is waited for", () => {
  expect(describeAt(5)).toBe("waiting for events");
});

test("what is waited for is said with its own time, the time of the run, and what was used", () => {
  const call: Event = { ...at(15), ...bash, type: "tool.started", arguments: {} };
  const output: Event = { ...at(16), ...bash, type: "tool.output", text: "x" };
  const end: Event = { ...at(80), ...bash, type: "tool.ended", isError: false, text: "" };
  expect(describeAt(7.9, queued)).toBe("queued · 7 s");
  expect(describeAt(10.5, queued, started)).toBe("starting · 0 s");
  expect(describeAt(14, queued, started, turn)).toBe(
    "waiting for the model · 3 s · in all 4 s · 1 turn · 0 tool calls",
  );
  expect(describeAt(80, queued, started, turn, call, output)).toBe(
    "bash · 1 min 05 s · in all 1 min 10 s · 1 turn · 1 tool call",
  );
  expect(describeAt(82, queued, started, turn, call, output, end)).toBe(
    "waiting for the model · 2 s · in all 1 min 12 s · 1 turn · 1 tool call",
  );
});

test("the tokens and the cost of every answer so far are added up", () => {
  const usage = { ...NO_USAGE, inputTokens: 9_000, outputTokens: 150, costUsd: 0.02 };
  const answer: Event = { ...at(12), type: "message.completed", text: "", usage };
  const second: Event = { ...at(13), type: "turn.started", turn: 2 };
  expect(describeAt(13, queued, started, turn, answer)).toBe(
    "waiting for the model · 1 s · in all 3 s · $0.0200 · 9K tokens in, 150 out · 1 turn · 0 tool calls",
  );
  expect(describeAt(13, queued, started, turn, answer, second, answer)).toBe(
    "waiting for the model · 1 s · in all 3 s · $0.0400 · 18K tokens in, 300 out · 2 turns · 0 tool calls",
  );
});

test("an answer that an older worker has told, without its usage, is counted as nothing", () => {
  const answer = { ...at(12), type: "message.completed", text: "" } as unknown as Event;
  expect(describeAt(12, queued, started, turn, answer)).toMatch(/ · 1 turn · 0 tool calls$/);
});

test("the time of a message begins with its first piece", () => {
  const delta = (seconds: number, channel: "text" | "thinking"): Event => ({
    ...at(seconds),
    type: "message.delta",
    channel,
    text: "…",
  });
  expect(describeAt(20, started, delta(12, "thinking"), delta(15, "thinking"))).toMatch(/^the model thinks · 8 s/);
  expect(describeAt(20, started, delta(12, "thinking"), delta(15, "text"))).toMatch(/^the model writes · 5 s/);
});

test("tools that run side by side are all named, and none of them commands the terminal", () => {
  const one: Event = { ...at(15), ...bash, type: "tool.started", arguments: {} };
  const other: Event = { ...at(18), callId: "call-2", name: "\u001b[2Jread", type: "tool.started", arguments: {} };
  const end: Event = { ...at(19), ...bash, type: "tool.ended", isError: false, text: "" };
  expect(describeAt(20, started, one, other)).toBe("bash, read · 5 s · in all 10 s");
  expect(describeAt(20, started, one, other, end)).toBe("read · 2 s · in all 10 s");
});

test("a paused invocation waits for nothing else, until it is resumed", () => {
  const call: Event = { ...at(15), ...bash, type: "tool.started", arguments: {} };
  const paused: Event = { ...at(17), type: "invocation.paused" };
  const resumed: Event = { ...at(19), type: "invocation.resumed" };
  expect(describeAt(18, started, call, paused)).toBe("paused · 1 s · in all 8 s");
  expect(describeAt(20, started, call, paused, resumed)).toBe("bash · 5 s · in all 10 s");
});

test("a tool of a lost attempt is not waited for", () => {
  const call: Event = { ...at(15), ...bash, type: "tool.started", arguments: {} };
  const lost: Event = { ...at(18), type: "attempt.ended", ended: "worker_lost", error: null };
  const retry: Event = { ...at(18), type: "retry.scheduled", scope: "attempt", delayMs: 4_000, reason: "worker_lost" };
  expect(describeAt(20, started, call, lost, retry)).toBe("waiting for the next try · 2 s · in all 10 s");
});

test("nothing is counted when some of the events were not seen", () => {
  const gap: Event = { ...at(11), type: "gap", from: "1-0", to: "9-0" };
  expect(describeAt(13, turn)).toBe("waiting for the model · 2 s");
  expect(describeAt(13, queued, gap, turn)).toBe("waiting for the model · 2 s");
});

test("a clock that is behind the fleet's shows no negative time", () => {
  expect(describeAt(-30, queued)).toBe("queued · 0 s");
});

test("the end, and events of a kind that is not known yet, change nothing", () => {
  const end: Event = { ...at(12), type: "invocation.succeeded", error: null, usage: NO_USAGE };
  const unknown = { ...at(12), type: "artifact.kept" } as unknown as Event;
  expect(describeAt(13, queued, end, unknown)).toBe("queued · 13 s");
});
