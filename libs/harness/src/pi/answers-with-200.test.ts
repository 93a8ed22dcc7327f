import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "@pifleet/testkit/conformance/harness";
import { type ModelServer, type Reply, raw, startModelServer, status, text } from "@pifleet/testkit/model-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PiHarness } from "./pi-harness.ts";
import { piTask } from "./testing/pi-task.ts";

const BASE = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 0, model: "test" };
const DONE = "data: [DONE]\n\n";

let server: ModelServer;
let workspace: string;
beforeAll(async () => {
  server = await startModelServer();
  workspace = await realpath(await mkdtemp(join(tmpdir(), "pifleet-with-200-")));
});
afterAll(async () => {
  await server.close();
  await rm(workspace, { recursive: true });
});
beforeEach(() => server.otherwise(() => text("Done.")));

const chunk = (delta: unknown, finish: unknown = null) => ({
  ...BASE,
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const said = chunk({ content: "It says 429 rate_limit_exceeded overloaded." });

/** A run whose every request is answered so, by a task without patience. */
async function answered(reply: Reply, provider = "fake") {
  server.otherwise(() => reply);
  const providerPatience = { totalMs: 0, unpaidMs: 0 };
  return (await run(new PiHarness(1), piTask(server, workspace, { provider, providerPatience }))).result;
}

describe("an error inside a stream that began with 200", () => {
  it.each<readonly [unknown, string, string]>([
    [{ error: { code: 429, message: "Slow down" } }, "provider_rate_limited", "429: Slow down"],
    [{ error: { code: "429", message: "Slow down" } }, "provider_rate_limited", "429: Slow down"],
    [{ error: { code: "rate_limit_exceeded", message: "Wait" } }, "provider_rate_limited", "rate_limit_exceeded: Wait"],
    [
      { error: { type: "RateLimitError", code: null, message: "Wait" } },
      "provider_rate_limited",
      "RateLimitError: Wait",
    ],
    [{ error: { status: "RESOURCE_EXHAUSTED", message: "Wait" } }, "provider_rate_limited", "RESOURCE_EXHAUSTED: Wait"],
    [{ error: { code: 401, message: "Who are you?" } }, "provider_auth", "401: Who are you?"],
    [{ error: { code: 402, message: "Pay" } }, "provider_error", "402: Pay"],
    [{ error: { code: 502, message: "Upstream" } }, "provider_unavailable", "502: Upstream"],
    [{ error: { code: 503, message: "Later" } }, "provider_overloaded", "503: Later"],
    [{ error: { type: "overloaded_error", message: "Busy" } }, "provider_overloaded", "overloaded_error: Busy"],
    [{ error: { type: "server_error", message: "Oh no" } }, "provider_unavailable", "server_error: Oh no"],
    [{ error: { type: "invalid_request_error", message: "Bad" } }, "provider_error", "invalid_request_error: Bad"],
    [
      { error: { code: "context_length_exceeded", message: "Long" } },
      "context_overflow",
      "context_length_exceeded: Long",
    ],
    [{ error: { code: 429, type: "insufficient_quota", message: "Pay" } }, "provider_error", "429: Pay"],
    [{ error: "It is overloaded" }, "provider_overloaded", "error: It is overloaded"],
    [{ object: "error", code: 503, message: "Later" }, "provider_overloaded", "503: Later"],
    [
      { choices: [{ index: 0, delta: {}, finish_reason: "error", error: { code: 503, message: "Later" } }] },
      "provider_overloaded",
      "503: Later",
    ],
  ])("%j is %s", async (event, code, message) => {
    for (const before of [[], [said]]) {
      const { failure } = await answered(raw([...before, event, DONE]));
      expect(failure).toMatchObject({ code, message });
    }
  });

  it.each(["fake-anthropic", "fake-google"])("is read by the API of %s, too", async (provider) => {
    const { failure } = await answered(
      raw([`event: error\n`, { type: "error", error: { type: "rate_limit_error", code: 429, message: "Slow down" } }]),
      provider,
    );
    expect(failure).toMatchObject({ code: "provider_rate_limited", message: "429: Slow down" });
  });

  it("is not sought in what the model says", async () => {
    const quoted = JSON.stringify({ error: { code: 401, message: "Quoted" } });
    const { failure } = await answered(raw([chunk({ content: `data: ${quoted}\n` }), "data: {broken\n\n"]));
    expect(failure).toMatchObject({ code: "provider_error" });
  });

  it("is found in linear time, and within the last events only", async () => {
    const many = Array.from({ length: 20_000 }, () => ({ error: [], choices: {} }));
    const { failure } = await answered(raw([...many, `data: ${"[".repeat(500_000)}\n\n`]));
    expect(failure).toMatchObject({ code: expect.stringMatching(/^provider_/) });
  });
});

describe("an answer with 200 that is no stream", () => {
  const page = "<!doctype html><title>Sign in</title><p>Company <b>portal</b></p>";
  const html = { "content-type": "text/html; charset=utf-8" };

  it.each(["fake", "fake-anthropic", "fake-google"])("is told as what it is, by the API of %s", async (provider) => {
    const { failure } = await answered(status(200, page, html), provider);
    expect(failure).toMatchObject({
      code: "provider_error",
      message: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:\d+\S* answered 200 with text\/html and no stream of events: Sign in Company portal$/,
      ),
    });
  });

  it("such as a whole answer in one piece", async () => {
    const { failure } = await answered(status(200, { ...BASE, choices: [{ message: { content: "Hello" } }] }));
    expect(failure).toMatchObject({
      code: "provider_error",
      message: expect.stringMatching(
        /answered 200 with application\/json and no stream of events: \{"id":"chatcmpl-1"/,
      ),
    });
  });

  it("is an error of its kind when it says so", async () => {
    expect((await answered(status(200, { error: { code: 429, message: "Slow down" } }))).failure).toMatchObject({
      code: "provider_rate_limited",
      message: "429: Slow down",
    });
    expect((await answered(status(200, "<h1>Service Unavailable</h1>", html))).failure).toMatchObject({
      code: "provider_overloaded",
    });
  });

  it("is cut", async () => {
    const { failure } = await answered(status(200, "<".repeat(3_000_000), html));
    expect(failure?.message.length).toBeLessThan(400);
  });
});

describe("a finish reason that Pi does not know", () => {
  const anthropic = (reason: string) => [
    { type: "message_start", message: { id: "m", role: "assistant", model: "test", content: [], usage: {} } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "All of it." } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: reason }, usage: { output_tokens: 3 } },
    { type: "message_stop" },
  ];
  const frames = {
    fake: (reason: string) => [chunk({ content: "All of it." }), chunk({}, reason), DONE],
    "fake-anthropic": (reason: string) =>
      anthropic(reason).map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
    "fake-google": (reason: string) => [
      { candidates: [{ index: 0, content: { role: "model", parts: [{ text: "All of it." }] }, finishReason: reason }] },
    ],
  };

  it.each(["fake", "fake-anthropic", "fake-google"] as const)(
    "is an end behind a whole answer, by the API of %s",
    async (provider) => {
      expect(await answered(raw(frames[provider]("eos")), provider)).toMatchObject({
        output: "All of it.",
        failure: null,
      });
    },
  );

  it("is an end behind tool calls, which are carried out", async () => {
    const call = {
      index: 0,
      id: "c",
      type: "function",
      function: { name: "bash", arguments: '{"command":"echo hi"}' },
    };
    server.enqueue(raw([chunk({ tool_calls: [call] }), chunk({}, "tool_use"), DONE]));
    const { records, result } = await run(new PiHarness(1), piTask(server, workspace));
    expect(records).toContainEqual(expect.objectContaining({ type: "tool.ended", text: "hi\n" }));
    expect(result).toMatchObject({ output: "Done.", failure: null });
  });

  it.each(["content_filter", "network_error", "safety", "malformed_function_call", "error"])(
    "or that says %s is an error",
    async (reason) => {
      expect((await answered(raw(frames.fake(reason)))).failure).toMatchObject({
        code: expect.stringMatching(/^provider_/),
      });
    },
  );

  it("is an error without an answer", async () => {
    expect((await answered(raw([chunk({}, "eos"), DONE]))).failure).not.toBeNull();
  });
});
