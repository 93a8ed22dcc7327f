import { PassThrough } from "node:stream";
import { NO_USAGE } from "@pifleet/invocation";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Context } from "./context.ts";
import { showEvents } from "./follow.ts";
import { Interruption } from "./interruption.ts";
import { Output } from "./output.ts";
import { sampleRecord } from "./testing/sample-record.ts";
import { Screen, terminalStream } from "./testing/screen.ts";
import { eventStream, ScriptedFleet } from "./testing/scripted-fleet.ts";
import { hasTerminals, TerminalProcess } from "./testing/terminal-process.ts";

// Each of them starts a process or more.
vi.setConfig({ testTimeout: 60_000 });

const { id } = sampleRecord;
const path = `/v1/invocations/${id}`;
const stamp = { at: "2030-01-02T03:04:05.000Z", attempt: 1 };
const begun = [
  { ...stamp, attempt: 0, type: "invocation.queued" },
  { ...stamp, type: "attempt.started", worker: "w1" },
  { ...stamp, type: "turn.started", turn: 1 },
];
const call = { ...stamp, type: "tool.started", callId: "call-1", name: "bash", arguments: {} };
const succeeded = { ...stamp, type: "invocation.succeeded", error: null, usage: NO_USAGE };

describe.skipIf(!hasTerminals())("on a terminal", () => {
  test("pifleet watch shows below the transcript what is waited for, until Ctrl-C", async () => {
    await using fleet = await ScriptedFleet.start({ [`GET ${path}/events`]: eventStream(begun, { end: false }) });
    const watch = new TerminalProcess(`pifleet watch ${id}`, fleet.env);
    await watch.shows(/· turn 1\n\S waiting for the model · \d+ .* · 1 turn · 0 tool calls$/);
    expect(watch.screen.isCursorVisible).toBe(false);
    watch.type("\u0003");
    expect(await watch.ended).toBe(130);
    expect(watch.screen.text).toMatch(/· turn 1\n\nThe invocation goes on\. .*\n$/);
    expect(watch.screen.isCursorVisible).toBe(true);
  });

  test("pifleet submit --wait shows it while its output goes into a pipe, which gets the output alone", async () => {
    const { promise: seen, resolve: end } = Promise.withResolvers<void>();
    await using fleet = await ScriptedFleet.start({
      "POST /v1/invocations": { ...sampleRecord, status: "queued" },
      [`GET ${path}?wait=25`]: sampleRecord,
      [`GET ${path}/events`]: (response: Parameters<ReturnType<typeof eventStream>>[0]) => {
        eventStream([...begun, call], { end: false })(response);
        seen.then(() => response.end(`id: 5-0\ndata: ${JSON.stringify(succeeded)}\n\n`));
      },
    });
    const command = "pifleet submit --model demo/scripted --wait Hello | sed s/^/out:/";
    const submit = new TerminalProcess(command, fleet.env);
    await submit.shows(/\n\S bash · \d+ .* · 1 turn · 1 tool call$/);
    end();
    expect(await submit.ended).toBe(0);
    expect(submit.screen.text).toMatch(new RegExp(`^${id}\n✓ succeeded · .*\nout:The answer\n$`));
    expect(submit.screen.isCursorVisible).toBe(true);
  });
});

test.each([
  [{}, /^\S waiting for the model · /],
  [{ json: true }, /^$/],
])("with %j standard error says while nothing comes: %s", async (options, shown) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  vi.stubEnv("CI", undefined);
  vi.stubEnv("TERM", "xterm");
  onTestFinished(() => void vi.useRealTimers().unstubAllEnvs());
  const [screen, stdout] = [new Screen(), new PassThrough()];
  const { promise: seen, resolve: end } = Promise.withResolvers<void>();
  const { promise: silent, resolve: beSilent } = Promise.withResolvers<void>();
  async function* stream() {
    yield* begun;
    beSilent();
    await seen;
    yield succeeded;
  }
  const output = new Output(stdout as unknown as NodeJS.WriteStream, terminalStream(screen), {
    colour: false,
    spinner: true,
  });
  const client = () => ({ invocations: { stream } });
  const context = { output, client, interruption: new Interruption() } as unknown as Context;
  const watched = showEvents(context, id, options);
  await silent;
  vi.advanceTimersByTime(10_000);
  expect(screen.text).toMatch(shown);
  end();
  expect(await watched).toBe(0);
  expect(screen).toMatchObject({ text: "", isCursorVisible: true });
});
