import { mkdtemp, realpath, rm } from "node:fs/promises";
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
