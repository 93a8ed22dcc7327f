import { readdir } from "node:fs/promises";
import type { InvocationRecord } from "@pifleet/client";
import { addUsage, NO_USAGE, type SubmissionInput } from "@pifleet/invocation";
import {
  empty,
  hang,
  type ModelServer,
  raw,
  slow,
  startModelServer,
  status,
  text,
  toolCall,
} from "@pifleet/testkit/model-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Fleet } from "../fleet/fleet.ts";
import { processesOfRuns } from "../fleet/processes.ts";

const MODEL = "fake/test";
const KEY = "sk-ant-canary-0123456789abcdef";

let models: ModelServer;
let fleet: Fleet;

beforeAll(async () => {
  models = await startModelServer();
  fleet = await Fleet.start({ models: models.modelsFile(), env: { PLANTED_API_KEY: KEY } });
});
afterAll(async () => {
  await fleet?.stop();
  await models?.close();
});
beforeEach(() => {
  models.requests.length = 0;
});

async function run(submission: Partial<SubmissionInput> = {}): Promise<InvocationRecord> {
  const { id } = await fleet.client.invocations.create({ model: MODEL, input: "Do it.", ...submission });
  return fleet.client.invocations.wait(id);
}

/** Runs one bash command and returns what the model was told of it. */
async function bash(command: string): Promise<string> {
  models.enqueue(toolCall("bash", { command }), text("done"));
  const { messages } = await run();
  const answer = messages.find(({ role }) => role === "tool");
  return JSON.stringify(answer?.content);
}

async function expectNothingLeft(): Promise<void> {
  expect(processesOfRuns(fleet.workspaces)).toEqual([]);
  expect((await readdir(fleet.workspaces)).filter((name) => !name.startsWith("."))).toEqual([]);
}

describe("a run that succeeds", () => {
  it("has used its tools in its workspace, says what they did, and leaves nothing behind", async () => {
    models.enqueue(
      toolCall("write", { path: "note.txt", content: "written by the agent" }),
      toolCall("bash", { command: "cat note.txt seed/given.txt" }),
      text("All done."),
    );
    const record = await run({ files: [{ path: "seed/given.txt", content: " and given" }] });
    expect(record).toMatchObject({ status: "succeeded", output: "All done.", error: null, attempt: 1 });
    expect(record.stopReason).toBe("stop");
    expect(record.attempts).toEqual([expect.objectContaining({ number: 1, ended: "succeeded" })]);
    expect(record.usage).toMatchObject({ turns: 3, toolCalls: 2 });
    expect(record.usage.inputTokens).toBeGreaterThan(0);
    expect(JSON.stringify(record.messages)).toContain("written by the agent and given");
    await expectNothingLeft();
  });

  it("continues the conversation that was submitted, under its instructions, with its tools and no others", async () => {
    models.enqueue(text("Blue."));
    await run({
      instructions: "Always answer in one word.",
      tools: ["read"],
      input: [
        { role: "user", content: "My colour is blue." },
        { role: "assistant", content: "Noted." },
        { role: "user", content: "Which colour is mine?" },
      ],
    });
    const asked = JSON.stringify(models.requests[0]?.body);
    expect(asked).toContain("Always answer in one word.");
    expect(asked).toContain("My colour is blue.");
    expect(asked).toContain("Noted.");
    expect(models.requests[0]?.body).toMatchObject({ tools: [{ function: { name: "read" } }] });
  });

  it("ends with one terminal event, the last of an ordered log that holds the whole answer", async () => {
    models.enqueue(toolCall("bash", { command: "echo out" }), slow(5, "An answer in several pieces."));
    const { id } = await run();
    const events = [];
    for await (const event of fleet.client.invocations.stream(id)) events.push(event);
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(["invocation.queued", "attempt.started"]);
    expect(types.slice(-2)).toEqual(["attempt.ended", "invocation.succeeded"]);
    expect(types.filter((type) => type === "invocation.succeeded")).toHaveLength(1);
    expect(types).toEqual(expect.arrayContaining(["turn.started", "tool.started", "tool.ended", "message.completed"]));
    const said = events.map((event) => (event.type === "message.delta" && event.channel === "text" ? event.text : ""));
    expect(said.join("")).toBe("An answer in several pieces.");
  });

  it("has told with each answer what it took, which together is the usage of the record", async () => {
    models.enqueue(toolCall("bash", { command: "true" }), toolCall("bash", { command: "true" }, "Once more."));
    const { id, usage } = await run();
    const told = [];
    for await (const event of fleet.client.invocations.stream(id))
      if (event.type === "message.completed") told.push({ ...NO_USAGE, ...event.usage });
    expect(told).toHaveLength(3);
    const { costUsd, ...counts } = told.reduce(addUsage);
    expect(counts).toEqual({ ...usage, costUsd: undefined, turns: 0, toolCalls: 0 });
    expect(costUsd).toBeCloseTo(usage.costUsd, 9);
  });
});

describe("a run that fails", () => {
  it("for its credentials fails at once, with the provider's words and help", async () => {
    models.enqueue(status(401, { error: { message: `Incorrect API key provided: ${KEY}` } }));
    const { status: ended, error, attempt } = await run();
    expect({ ended, attempt }).toEqual({ ended: "failed", attempt: 1 });
    expect(error).toMatchObject({ code: "provider_auth", retryable: false, help: expect.stringContaining("key") });
    expect(error?.message).toContain("Incorrect API key provided: [redacted]");
    expect(models.requests).toHaveLength(1);
  });

  it("for lack of credit says what the provider said", async () => {
    models.enqueue(status(402, { error: { message: "Your credit balance is too low" } }));
    expect((await run()).error).toMatchObject({ code: "provider_error", message: expect.stringContaining("too low") });
  });

  it("for a rate limit that outlives the patience is rate limited", async () => {
    models.otherwise(() => status(429, { error: { message: "Slow down" } }));
    const record = await run({ limits: { providerPatienceMs: 1_500 } });
    models.otherwise(() => text("Done."));
    expect(record).toMatchObject({ status: "failed", error: { code: "provider_rate_limited", retryable: true } });
    expect(record.error?.message).toContain("Slow down");
    expect(models.requests.length).toBeGreaterThan(1);
  });

  it("for a fault of the provider that outlives the patience is unavailability", async () => {
    models.otherwise(() => status(500, { error: { message: "The server had an error" } }));
    const record = await run({ limits: { providerPatienceMs: 100 } });
    models.otherwise(() => text("Done."));
    const message = expect.stringContaining("had an error");
    expect(record.error).toMatchObject({ code: "provider_unavailable", retryable: true, message });
  });

  it("for an answer that says nothing has no output", async () => {
    models.otherwise(() => empty());
    const record = await run({ limits: { maxAttempts: 1 } });
    models.otherwise(() => text("Done."));
    expect(record).toMatchObject({ status: "failed", error: { code: "no_output" } });
  });

  it.each([
    ["fake/unknown", "the provider has fake/test"],
    ["nobody/model", "no worker knows the provider 'nobody'"],
    ["demo/other", "the provider has demo/scripted"],
  ])("is refused at submission for the unknown model %s", async (model, detail) => {
    await expect(run({ model })).rejects.toMatchObject({
      status: 400,
      code: "model_not_found",
      message: expect.stringContaining(detail),
    });
    const { items } = await fleet.client.invocations.list();
    expect(items.map((item) => item.model)).not.toContain(model);
  });

  it("for a model of a provider whose key nobody has says what to set", async () => {
    const record = await run({ model: "groq/some-model" });
    expect(record).toMatchObject({ status: "failed", error: { code: "provider_auth" }, attempt: 1 });
    expect(record.error?.message).toContain("GROQ_API_KEY");
  });

  it("lists what can run, with price, context and key", async () => {
    const listed = await fleet.client.models.list();
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(["demo/scripted", "fake/test"]));
    expect(listed.find(({ id }) => id === "fake/test")).toEqual({
      ...{ id: "fake/test", provider: "fake", name: "test", contextWindow: 100_000, maxTokens: 4_096 },
      ...{ input: ["text", "image"], thinking: ["off"], key: "models file", ready: true, workers: 1 },
      price: { input: 1, output: 10, cacheRead: 0.1, cacheWrite: 1.25 },
    });
    expect(JSON.stringify(listed)).not.toContain("sk-");
  });

  it("is made of whole characters, also where the provider cuts them apart or sends halves", async () => {
    const chunk = (delta: object, finish: string | null = null) => ({
      ...{ id: "c", object: "chat.completion.chunk", created: 0, model: "test" },
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    const pieces = ["Hi \ud83d", "\ude00 and \udc00", " or \ud800"].map((content) => chunk({ content }));
    models.enqueue({ ...raw([...pieces, chunk({}, "stop"), "data: [DONE]\n\n"]), frameDelayMs: 60 });
    const record = await run({ input: "Half: \ud800", metadata: { half: "\udfff!" } });
    expect(record).toMatchObject({ status: "succeeded", output: "Hi 😀 and \ufffd or \ufffd" });
    expect(record.metadata).toEqual({ half: "\ufffd!" });
    const events = [];
    for await (const event of fleet.client.invocations.stream(record.id)) events.push(event);
    const deltas = events.flatMap((event) => (event.type === "message.delta" ? [event.text] : []));
    expect(deltas.join("")).toBe(record.output);
    expect(JSON.stringify([record, events])).not.toMatch(/\\ud[89a-f]/i);
  });

  it("needs attention when its answer was cut off at the output limit, and shows what there is", async () => {
    const chunk = (delta: object, finish: string | null) => ({
      ...{ id: "c", object: "chat.completion.chunk", created: 0, model: "test" },
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    models.enqueue(raw([chunk({ content: "Half of" }, null), chunk({}, "length"), "data: [DONE]\n\n"]));
    const record = await run();
    expect(record).toMatchObject({
      status: "needs_attention",
      output: "Half of",
      stopReason: "length",
      error: { code: "output_truncated", retryable: false, help: expect.stringContaining("maxTokens") },
    });
    expect(record.attempts).toEqual([expect.objectContaining({ ended: "output_truncated" })]);
  });

  it("for a built-in provider without a key names the variable to set", async () => {
    const { error } = await run({ model: "openai/gpt-4o" });
    expect(error).toMatchObject({ code: "provider_auth", message: expect.stringContaining("OPENAI_API_KEY") });
  });

  it("because its runner was killed is a crash, with the signal", async () => {
    models.enqueue(toolCall("bash", { command: "kill -KILL $PPID" }));
    const record = await run({ limits: { maxAttempts: 1 } });
    expect(record).toMatchObject({ status: "failed", error: { code: "runner_crashed" } });
    expect(record.error?.message).toContain("SIGKILL");
    await expectNothingLeft();
  });

  it("because its runner was killed is run again while attempts are left", async () => {
    models.enqueue(toolCall("bash", { command: "kill -KILL $PPID" }), text("Second time lucky."));
    const record = await run();
    expect(record).toMatchObject({ status: "succeeded", output: "Second time lucky.", attempt: 2 });
    expect(record.attempts.map(({ ended }) => ended)).toEqual(["runner_crashed", "succeeded"]);
  });

  it("over its budget of turns is stopped, with no more than the request that was on its way", async () => {
    models.otherwise(() => toolCall("bash", { command: "true" }));
    const record = await run({ limits: { maxTurns: 2 } });
    models.otherwise(() => text("Done."));
    expect(record).toMatchObject({ status: "failed", error: { code: "budget_exceeded" } });
    expect(models.requests.length).toBeLessThanOrEqual(3);
  });
});

describe("a run that takes too long", () => {
  const STUBBORN = "trap '' TERM; setsid sleep 300 & (trap '' TERM; sleep 301) & sleep 302";

  it("is timed out with its whole process tree, and keeps what it had", async () => {
    models.enqueue(toolCall("bash", { command: STUBBORN }, "I start now."));
    const record = await run({ limits: { totalMs: 6_000 } });
    expect(record).toMatchObject({ status: "timed_out", error: { code: "timeout_total" }, output: "I start now." });
    expect(record.error?.message).toContain("6000 ms");
    await expectNothingLeft();
  });

  it("because its model does not begin to answer is timed out for that", async () => {
    models.enqueue(hang());
    const record = await run({ limits: { firstByteMs: 300 } });
    expect(record).toMatchObject({ status: "timed_out", error: { code: "timeout_first_byte" } });
  });
});

describe("cancelling", () => {
  it("a running invocation kills its process tree and keeps what it had", async () => {
    models.enqueue(toolCall("bash", { command: "echo started; trap '' TERM; sleep 300" }, "Working on it."));
    const { id } = await fleet.client.invocations.create({ model: MODEL, input: "Do it." });
    for await (const event of fleet.client.invocations.stream(id)) if (event.type === "tool.output") break;
    await fleet.client.invocations.cancel(id);
    const record = await fleet.client.invocations.wait(id);
    expect(record).toMatchObject({ status: "cancelled", error: { code: "cancelled" }, output: "Working on it." });
    expect(record.usage.turns).toBe(1);
    await expectNothingLeft();
  });

  it("a queued invocation means that it never starts", async () => {
    const { id } = await fleet.client.invocations.create({ model: MODEL, input: "Later.", delayMs: 60_000 });
    const cancelled = await fleet.client.invocations.cancel(id);
    expect(cancelled).toMatchObject({ status: "cancelled", attempt: 0, startedAt: null });
    expect(await fleet.client.invocations.cancel(id)).toMatchObject({ status: "cancelled" });
    expect(models.requests).toEqual([]);
  });

  it("an invocation that has ended is refused, saying how it stands", async () => {
    models.enqueue(text("Done."));
    const { id } = await run();
    await expect(fleet.client.invocations.cancel(id)).rejects.toMatchObject({
      problem: { status: 409, detail: expect.stringContaining("succeeded") },
    });
  });
});

describe("what the agent's tools can see", () => {
  it("is an environment of PATH, HOME and what they need, with HOME the workspace", async () => {
    const seen = await bash("env | cut -d= -f1 | sort | tr '\\n' ' '; pwd -P; echo HOME=$HOME");
    expect(seen).toContain("HOME LANG");
    for (const name of ["REDIS_URL", "PIFLEET_BOOTSTRAP_KEY", "PLANTED_API_KEY"]) expect(seen).not.toContain(name);
  });

  it("is no secret of the worker's, not even through /proc", async () => {
    // Other fleets of this machine have other keys; they may be starting now.
    const seen = await bash(
      `cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c -e PLANTED_API_KEY= -e BOOTSTRAP_KEY=${fleet.key}`,
    );
    expect(seen).toMatch(/\b0\\n/);
  });

  it("is nothing of the worker's secrets even when they are printed", async () => {
    const seen = await bash(`printf '%s%s' 'sk-ant-' 'canary-0123456789abcdef'`);
    expect(seen).toContain("[redacted]");
    expect(seen).not.toContain("canary");
  });
});
