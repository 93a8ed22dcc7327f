import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunnerRecord } from "@pifleet/invocation";
import { run } from "@pifleet/testkit/conformance/harness";
import { type ModelServer, raw, startModelServer, text } from "@pifleet/testkit/model-server";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fittedRecord } from "../fitted-record.ts";
import { fittedResult } from "../fitted-result.ts";
import { PiHarness } from "./pi-harness.ts";
import { piTask } from "./testing/pi-task.ts";

const DONE = "data: [DONE]\n\n";
const BASE = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 0, model: "test" };

let server: ModelServer;
let workspace: string;
beforeAll(async () => {
  server = await startModelServer();
  workspace = await realpath(await mkdtemp(join(tmpdir(), "pifleet-hostile-")));
});
afterAll(async () => {
  await server.close();
  await rm(workspace, { recursive: true });
});

const chunk = (delta: unknown, finish: unknown = null, rest: object = {}) => ({
  ...BASE,
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...rest,
});

/** One run whose model answers with these chunks, and with `Done.` to what follows. */
async function answered(...chunks: readonly unknown[]) {
  server.enqueue(raw([...chunks, DONE]));
  server.otherwise(() => text("Done."));
  const { records, result } = await run(new PiHarness(1), piTask(server, workspace));
  // What the worker would be sent.
  const finished = { type: "finished", at: 1, result: fittedResult(result) } as const;
  const sent = [...records, finished].map(fittedRecord);
  for (const record of sent) expect(RunnerRecord.safeParse(record).error).toBeUndefined();
  expect(sent.at(-1)?.type).toBe("finished");
  return { records, result };
}

const call = (fields: object, args: unknown) =>
  chunk({ tool_calls: [{ index: 0, type: "function", function: { name: "bash", arguments: args }, ...fields }] });

describe("what a provider sends is made to fit", () => {
  it.each([
    ["an id that is a number", { id: 7 }, "7"],
    ["an id that is null", { id: null }, "call_0"],
    ["no id", {}, "call_0"],
    ["an id that is an object", { id: { a: 1 } }, "call_0"],
  ])("a tool call with %s", async (_, fields, id) => {
    const { records, result } = await answered(call(fields, '{"command":"echo hello"}'), chunk({}, "tool_calls"));
    expect(records).toContainEqual(expect.objectContaining({ type: "tool.ended", callId: id, text: "hello\n" }));
    expect(result).toMatchObject({ output: "Done.", failure: null });
    expect(result.messages).toContainEqual(expect.objectContaining({ role: "tool", toolCallId: id }));
  });

  it("arguments that are JSON twice over", async () => {
    const { records, result } = await answered(
      call({ id: "c" }, JSON.stringify('{"command":"echo twice"}')),
      chunk({}, "tool_calls"),
    );
    expect(records).toContainEqual(expect.objectContaining({ type: "tool.ended", text: "twice\n" }));
    expect(result.failure).toBeNull();
  });

  it.each(["[1]", "1", "null", "true", '"echo"'])("arguments that are %s, which the tool refuses", async (args) => {
    const { records, result } = await answered(call({ id: "c" }, args), chunk({}, "tool_calls"));
    expect(records).toContainEqual(expect.objectContaining({ type: "tool.ended", callId: "c", isError: true }));
    expect(result).toMatchObject({ output: "Done.", failure: null });
  });

  it("a text that comes in parts", async () => {
    const parts = [
      { type: "text", text: "in " },
      { type: "text", text: "parts" },
    ];
    const { records, result } = await answered(
      chunk({ content: "It comes " }),
      chunk({ content: parts }),
      chunk({}, "stop"),
    );
    expect(result).toMatchObject({ output: "It comes in parts", failure: null });
    const deltas = records.filter((record) => record.type === "message.delta").map((record) => record.text);
    expect(deltas.join("")).toBe("It comes in parts");
  });

  it("ids of the answer that are none", async () => {
    const { result } = await answered(
      { ...chunk({ content: "Yes." }), id: 5, model: 6 },
      chunk({}, "stop", { id: {} }),
    );
    expect(result).toMatchObject({ output: "Yes.", failure: null });
  });

  it("whatever stands in any field of a chunk", { timeout: 120_000 }, async () => {
    const json = fc.jsonValue({ maxDepth: 2 });
    const sometimes = <T>(usual: T) =>
      fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: json });
    const tool = fc.record({
      index: sometimes(0),
      id: sometimes("c1"),
      type: sometimes("function"),
      function: fc.oneof(fc.record({ name: sometimes("bash"), arguments: sometimes('{"command":"true"}') }), json),
    });
    const delta = fc.record({
      role: sometimes("assistant"),
      content: sometimes("text"),
      reasoning_content: sometimes("thought"),
      tool_calls: fc.oneof(fc.array(tool, { maxLength: 2 }), json),
    });
    const choice = fc.record({ index: sometimes(0), delta: fc.oneof(delta, json), finish_reason: sometimes(null) });
    const usage = fc.record({
      prompt_tokens: sometimes(1),
      completion_tokens: sometimes(1),
      total_tokens: sometimes(2),
    });
    const wild = fc.record({
      id: sometimes("chatcmpl-1"),
      model: sometimes("test"),
      choices: fc.oneof(fc.tuple(choice), json),
      usage: fc.oneof(usage, json),
    });
    const finish = fc.constantFrom("stop", "tool_calls", "length", "odd", null);
    await fc.assert(
      fc.asyncProperty(fc.array(wild, { minLength: 1, maxLength: 3 }), finish, async (chunks, reason) => {
        await answered(...chunks, chunk({}, reason));
      }),
      { numRuns: 60 },
    );
  });
});

describe("tool calls that were cut, or share an index", () => {
  const whole = '{"command":"echo cache > kept"}';

  it.each(["tool_calls", "stop", "length", "odd"])(
    "are not carried out with half of their arguments (%s)",
    async (end) => {
      const { records } = await answered(call({ id: "c" }, '{"command":"echo wrong > cut-by-'), chunk({}, end));
      const ended = records.filter((record) => record.type === "tool.ended");
      expect(ended).toEqual([expect.objectContaining({ callId: "c", isError: true })]);
      expect(await readdir(workspace)).not.toContainEqual(expect.stringMatching(/^cut-by-/));
    },
  );

  it("are not carried out when their block never ended, by the API of Anthropic", async () => {
    const events = (json: string) => [
      { type: "message_start", message: { id: "m", role: "assistant", model: "test", content: [], usage: {} } },
      { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "a", name: "bash", input: {} } },
      { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: json } },
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 3 } },
      { type: "message_stop" },
    ];
    const ended = async (json: string) => {
      server.enqueue(raw(events(json).map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)));
      server.otherwise(() => text("Done."));
      const { records } = await run(new PiHarness(1), piTask(server, workspace, { provider: "fake-anthropic" }));
      return records.filter((record) => record.type === "tool.ended");
    };
    expect(await ended('{"command":"echo wrong > half')).toEqual([expect.objectContaining({ isError: true })]);
    expect(await readdir(workspace)).not.toContain("half");
    expect(await ended('{"command":"echo whole"}')).toEqual([
      expect.objectContaining({ isError: false, text: "whole\n" }),
    ]);
  });

  const bash = (index: unknown, id: unknown, name: unknown, args: string) =>
    chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: args } }] });

  it.each<readonly [string, readonly unknown[]]>([
    [
      "each whole, with an id",
      [bash(0, "a", "bash", '{"command":"echo 1"}'), bash(0, "b", "bash", '{"command":"echo 2"}')],
    ],
    [
      "each whole, without ids",
      [bash(0, null, "bash", '{"command":"echo 1"}'), bash(0, null, "bash", '{"command":"echo 2"}')],
    ],
    [
      "in pieces",
      [
        bash(0, "a", "bash", ""),
        bash(0, null, null, '{"command":'),
        bash(0, null, null, '"echo 1"}'),
        bash(0, "b", "bash", ""),
        bash(0, null, null, '{"command":"ec'),
        bash(0, null, null, 'ho 2"}'),
      ],
    ],
    [
      "in pieces that repeat id and name",
      [
        bash(0, "a", "bash", '{"command":"echo'),
        bash(0, "a", "bash", ' 1"}'),
        bash(0, "b", "bash", '{"command":"echo'),
        bash(0, "b", "bash", ' 2"}'),
      ],
    ],
    [
      "in pieces with a new id each",
      [
        bash(0, "a1", "bash", '{"command":"echo'),
        bash(0, "a2", "bash", ' 1"}'),
        bash(0, "b1", "bash", '{"command":"echo'),
        bash(0, "b2", "bash", ' 2"}'),
      ],
    ],
    [
      "in turns, under an index each",
      [
        bash(0, "a", "bash", '{"command":'),
        bash(1, "b", "bash", '{"command":'),
        bash(0, null, null, '"echo 1"}'),
        bash(1, null, null, '"echo 2"}'),
      ],
    ],
    [
      "without any index",
      [
        bash(undefined, "a", "bash", '{"command":'),
        bash(undefined, null, null, '"echo 1"}'),
        bash(undefined, "b", "bash", '{"command":"echo 2"}'),
      ],
    ],
  ])("are both carried out: %s", async (_, chunks) => {
    const { records, result } = await answered(...chunks, chunk({}, "tool_calls"));
    const ended = records.flatMap((record) => (record.type === "tool.ended" ? [record.text] : []));
    expect(ended.toSorted()).toEqual(["1\n", "2\n"]);
    expect(result).toMatchObject({ output: "Done.", failure: null, stopReason: "stop" });
  });

  it("are carried out when they are whole", async () => {
    await answered(call({ id: "c" }, whole), chunk({}, "tool_calls"));
    expect(await readdir(workspace)).toContain("kept");
  });
});

describe("an answer that was cut off at the output limit", () => {
  it.each([
    ["with a text", chunk({ content: "The first half" }), "The first half"],
    ["without one", chunk({ reasoning_content: "Thinking" }), ""],
  ])("%s is no success", async (_, said, output) => {
    const { result } = await answered(said, chunk({}, "length"));
    expect(result).toMatchObject({
      output,
      stopReason: "length",
      failure: { code: "output_truncated", message: expect.stringContaining("cut off at its output limit") },
    });
  });
});
