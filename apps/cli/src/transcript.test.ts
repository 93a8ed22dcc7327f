import { type Event, invocationError, NO_USAGE } from "@pifleet/invocation";
import { expect, test } from "vitest";
import { type Paint, paintColour, paintNothing } from "./output.ts";
import { Transcript } from "./transcript.ts";

const stamp = { at: "2030-01-02T03:04:05.000Z", attempt: 1 };
const bash = { ...stamp, callId: "call-1", name: "bash" };
const delta = (text: string, channel: "text" | "thinking" = "text"): Event => ({
  ...stamp,
  type: "message.delta",
  channel,
  text,
});
const completed = (text: string): Event => ({ ...stamp, type: "message.completed", text, usage: NO_USAGE });

function render(events: Event[], paint: Paint = paintNothing): string {
  const transcript = new Transcript(paint);
  return events.map((event) => transcript.next(event)).join("");
}

test("a run reads as it went", () => {
  const usage = { ...NO_USAGE, turns: 2, toolCalls: 1, inputTokens: 1_234, outputTokens: 56, costUsd: 0.0123 };
  const text = render([
    { ...stamp, attempt: 0, type: "invocation.queued" },
    { ...stamp, type: "attempt.started", worker: "w1" },
    { ...stamp, type: "turn.started", turn: 1 },
    delta("A list", "thinking"),
    delta(" is needed.", "thinking"),
    delta("I look "),
    delta("first."),
    completed("I look first."),
    { ...bash, type: "tool.started", arguments: { command: "ls\n-l", timeout: 5 } },
    { ...bash, type: "tool.output", text: "a.t" },
    { ...bash, type: "tool.output", text: "xt\nb.txt\n" },
    { ...bash, type: "tool.ended", isError: false, text: "a.txt\nb.txt\n" },
    { ...stamp, type: "turn.started", turn: 2 },
    completed("Two files."),
    { ...stamp, type: "attempt.ended", ended: "succeeded", error: null },
    { ...stamp, at: "2030-01-02T03:04:08.210Z", type: "invocation.succeeded", error: null, usage },
  ]);
  expect(`\n${text}`).toBe(`
· queued
· attempt 1 on worker w1
· turn 1
(thinking) A list is needed.
I look first.
▸ bash command="ls\\n-l" timeout=5
  │ a.txt
  │ b.txt
  ✓ bash
· turn 2
Two files.
✓ succeeded · 3.2 s · 2 turns · 1 tool call · 1,234 tokens in, 56 out · $0.0123
`);
});

test("what goes wrong is said with its reason", () => {
  const text = render([
    { ...stamp, type: "attempt.started", worker: "w1" },
    { ...stamp, type: "retry.scheduled", scope: "request", delayMs: 2_000, reason: "429 slow down" },
    delta("Half a sen"),
    { ...stamp, type: "invocation.paused" },
    { ...stamp, at: "2030-01-02T03:04:09.200Z", type: "invocation.resumed" },
    { ...stamp, type: "log", level: "warn", message: "the disk\nis full" },
    { ...stamp, type: "gap", from: "1-0", to: "9-0" },
    { ...stamp, type: "attempt.ended", ended: "provider_auth", error: null },
    { ...stamp, type: "invocation.failed", error: invocationError("provider_auth", "401 bad key"), usage: NO_USAGE },
  ]);
  expect(`\n${text}`).toBe(`
· attempt 1 on worker w1
↻ the model request is made again in 2.0 s: 429 slow down
Half a sen
‖ paused
· resumed after 4.2 s
· warn: the disk is full
… the events from 1-0 to 9-0 are no longer kept
✗ attempt 1 ended: provider_auth
✗ failed · 0.0 ms · 0 turns · 0 tool calls · 0 tokens in, 0 out · $0
  provider_auth: 401 bad key
  The provider refused the credentials. Check the provider's key in the worker's environment or models file.
`);
});

test("a run that loses its worker goes on as another attempt, and nothing of the first is taken for the second's", () => {
  const lost = invocationError("worker_lost", "The worker was lost.");
  const second = { ...stamp, attempt: 2 };
  const text = render([
    { ...stamp, type: "attempt.started", worker: "w1" },
    { ...bash, type: "tool.started", arguments: { command: "make" } },
    { ...bash, type: "tool.output", text: "cc a.c\ncc b" },
    { ...stamp, type: "attempt.ended", ended: "worker_lost", error: lost },
    { ...second, type: "attempt.started", worker: "w2" },
    { ...second, type: "message.delta", channel: "text", text: "I be" },
    { ...second, type: "attempt.ended", ended: "handed_back", error: null },
    { ...second, attempt: 3, type: "attempt.started", worker: "w3" },
    { ...second, attempt: 3, type: "message.completed", text: "I begin again.", usage: NO_USAGE },
    {
      ...second,
      attempt: 3,
      type: "attempt.ended",
      ended: "provider_overloaded",
      error: invocationError("provider_overloaded", "529 busy"),
    },
    {
      ...second,
      attempt: 3,
      type: "retry.scheduled",
      scope: "attempt",
      delayMs: 4_000,
      reason: "provider_overloaded",
    },
  ]);
  expect(`\n${text}`).toBe(`
· attempt 1 on worker w1
▸ bash command="make"
  │ cc a.c
  │ cc b
  ✗ bash was cut off
✗ attempt 1 ended: worker_lost (The worker was lost.)
↻ attempt 2 on worker w2, from the beginning
I be [cut off]
· attempt 2 was handed back: its worker stops
↻ attempt 3 on worker w3, from the beginning
I begin again.
✗ attempt 3 ended: provider_overloaded (529 busy)
↻ attempt 4 follows in 4.0 s: provider_overloaded
`);
});

test("what a model request said before it failed is marked, and the message is shown again from its beginning", () => {
  const retry: Event = { ...stamp, type: "retry.scheduled", scope: "request", delayMs: 0, reason: "connection reset" };
  const text = render([
    delta("Hmm", "thinking"),
    delta("The ans"),
    retry,
    delta("The answer."),
    completed("The answer."),
  ]);
  expect(`\n${text}`).toBe(`
(thinking) Hmm
The ans [cut off]
↻ the model request is made again at once, its message begins anew: connection reset
The answer.
`);
  expect(render([delta("The ans"), retry, completed("The answer.")])).toMatch(/\nThe answer\.\n$/);
});

test("an attempt that follows a lost one while the invocation is paused says so", () => {
  const text = render([
    { ...stamp, type: "invocation.paused" },
    { ...stamp, attempt: 2, type: "attempt.started", worker: "w2" },
  ]);
  expect(text).toBe("‖ paused\n↻ attempt 2 on worker w2, from the beginning, still paused\n");
});

test("a line that something else interrupts goes on in the next one", () => {
  const transcript = new Transcript(paintNothing);
  expect([transcript.next(delta("Half")), transcript.interrupt(), transcript.interrupt()]).toEqual(["Half", "\n", ""]);
  expect(transcript.next(delta(" a sentence"))).toBe(" a sentence");
});

test("a tool that fails shows its last words, once", () => {
  const call = (text: string, output: string) =>
    render([
      { ...bash, type: "tool.started", arguments: {} },
      { ...bash, type: "tool.output", text: output },
      { ...bash, type: "tool.ended", isError: true, text },
    ]);
  expect(call("oops\n\nCommand exited with code 3", "oops\n")).toBe(
    "▸ bash {}\n  │ oops\n  │ Command exited with code 3\n  ✗ bash failed\n",
  );
  expect(call("no such file", "")).toBe("▸ bash {}\n  │ no such file\n  ✗ bash failed\n");
});

test("long output is cut to its first lines, also when it comes at once", () => {
  const output = Array.from({ length: 25 }, (_, i) => `line ${i + 1}`).join("\n");
  const streamed: Event = { ...bash, type: "tool.output", text: output };
  const ended: Event = { ...bash, type: "tool.ended", isError: false, text: output };
  for (const events of [[ended], [streamed, ended]]) {
    const lines = render(events).split("\n");
    expect(lines.slice(19, 22)).toEqual(["  │ line 20", "  │ … 5 more lines", "  ✓ bash"]);
  }
});

test("calls that run side by side do not mix their lines", () => {
  const other = { ...stamp, callId: "call-2", name: "read" };
  const text = render([
    { ...bash, type: "tool.output", text: "half " },
    { ...other, type: "tool.output", text: "whole\n" },
    { ...bash, type: "tool.ended", isError: false, text: "half done" },
    { ...other, type: "tool.ended", isError: false, text: "whole\n" },
  ]);
  expect(text).toBe("  │ whole\n  │ half \n  ✓ bash\n  ✓ read\n");
});

test("arguments are shortened", () => {
  const text = render([{ ...bash, type: "tool.started", arguments: { path: "a", content: "x".repeat(500) } }]);
  expect(text).toBe(`▸ bash path="a" content="${"x".repeat(58)}…\n`);
});

test("nothing in a message or an output can command the terminal", () => {
  const text = render([
    delta("\u001b]0;owned\u0007hello"),
    { ...bash, type: "tool.started", arguments: { command: "\u001b[2J" } },
    { ...bash, type: "tool.output", text: "\u001b[31mred\u001b[0m\n" },
  ]);
  expect(text).not.toContain("\u001b");
  expect(text).toContain("  │ red\n");
});

test("colours are put around marks when they are wanted", () => {
  expect(render([{ ...stamp, type: "turn.started", turn: 1 }], paintColour)).toBe("\u001b[2m· turn 1\u001b[22m\n");
});

test("an event of a kind that is not known yet is passed over", () => {
  expect(render([{ ...stamp, type: "artifact.kept" } as unknown as Event])).toBe("");
});
