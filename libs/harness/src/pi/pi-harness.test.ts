import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RunnerTask } from "@pifleet/invocation";
import { describeHarness, run } from "@pifleet/testkit/conformance/harness";
import {
  cutAfter,
  empty,
  FAKE_API_KEY,
  type ModelServer,
  startModelServer,
  status,
  text,
  together,
  toolCall,
} from "@pifleet/testkit/model-server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PiHarness } from "./pi-harness.ts";
import { piBench } from "./testing/pi-bench.ts";
import { piTask } from "./testing/pi-task.ts";

let server: ModelServer;
let workspace: string;

beforeEach(async () => {
  server = await startModelServer();
  workspace = await realpath(await mkdtemp(join(tmpdir(), "pifleet-harness-")));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(workspace, { recursive: true });
});

/** Asks a provider again that has failed, without waiting much. */
const newHarness = () => new PiHarness(1);

const task = (changes: Partial<RunnerTask> = {}) => piTask(server, workspace, changes);

const start = (changes: Partial<RunnerTask> = {}) => run(newHarness(), task(changes));

describeHarness(
  "Pi",
  piBench(newHarness, () => server, task),
);

describe("what Pi sends to the model", () => {
  interface Chat {
    messages: { role: string; content: unknown }[];
    tools?: { function: { name: string } }[];
  }
  const sent = (i = 0) => server.requests[i]?.body as Chat;

  it("is the conversation, with the prompt before it", async () => {
    await start({
      instructions: "Be brief.",
      conversation: [
        { role: "user", content: "My name is Ada." },
        { role: "assistant", content: "Hello Ada." },
        { role: "user", content: [{ type: "text", text: "What is my name?" }] },
      ],
    });
    const { messages } = sent();
    expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(JSON.stringify(messages[1])).toContain("My name is Ada.");
    expect(JSON.stringify(messages[2])).toContain("Hello Ada.");
    expect(JSON.stringify(messages[3])).toContain("What is my name?");
  });

  it("has the instructions in the prompt", async () => {
    await start({ instructions: "Answer like a pirate." });
    expect(JSON.stringify(sent().messages[0])).toContain("Answer like a pirate.");
  });

  it("has an image", async () => {
    const data = (await readFile(new URL("./testing/pixel.png", import.meta.url))).toString("base64");
    const content = [
      { type: "text" as const, text: "See." },
      { type: "image" as const, mediaType: "image/png", data },
    ];
    await start({ conversation: [{ role: "user", content }] });
    expect(JSON.stringify(sent().messages.at(-1))).toContain("data:image/png;base64,");
  });

  it("has the tools of the task and no others", async () => {
    await start({ tools: ["read", "grep"] });
    expect(
      sent()
        .tools?.map((tool) => tool.function.name)
        .sort(),
    ).toEqual(["grep", "read"]);
  });

  it("has no tools when the task has none", async () => {
    await start({ tools: [] });
    expect(sent().tools ?? []).toEqual([]);
  });

  it("has nothing of what lies in the workspace, above it, or in the home directory for Pi to find", async () => {
    const planted = [
      "AGENTS.md",
      "CLAUDE.md",
      ".pi/SYSTEM.md",
      ".pi/APPEND_SYSTEM.md",
      ".pi/agent/AGENTS.md",
      ".pi/skills/s/SKILL.md",
    ];
    const inside = join(workspace, "inside");
    for (const root of [workspace, inside]) {
      for (const path of planted) {
        await mkdir(join(root, path, ".."), { recursive: true });
        await writeFile(join(root, path), "---\nname: s\ndescription: PLANTED\n---\nPLANTED");
      }
      await mkdir(join(root, ".pi/extensions"), { recursive: true });
      await writeFile(join(root, ".pi/extensions/x.js"), `require("fs").writeFileSync("${workspace}/ran", "");`);
    }
    vi.stubEnv("HOME", workspace);
    await start({ workspace: inside });
    expect(JSON.stringify(server.requests)).not.toContain("PLANTED");
    await expect(readFile(join(workspace, "ran"))).rejects.toThrow("ENOENT");
  });
});

describe("a run with Pi", () => {
  it.each(["fake", "fake-anthropic", "fake-google"])("works with the API of %s", async (provider) => {
    server.enqueue(toolCall("write", { path: "a.txt", content: "hello" }, "I write."), text("It is written."));
    const { result } = await start({ provider });
    expect(result).toMatchObject({ output: "It is written.", failure: null });
    expect(await readFile(join(workspace, "a.txt"), "utf8")).toBe("hello");
    expect(result.usage).toMatchObject({
      inputTokens: 280,
      cacheReadTokens: 80,
      outputTokens: 40,
      turns: 2,
      toolCalls: 1,
    });
    expect(result.usage.costUsd).toBeCloseTo(2 * (100 + 20 * 10 + 40 * 0.1) * 1e-6, 9);
    expect(JSON.stringify(server.requests[0]?.headers)).toContain(FAKE_API_KEY);
  });

  it("runs two tools at once and keeps their outputs apart", async () => {
    server.enqueue(
      together(toolCall("bash", { command: "echo one" }), toolCall("bash", { command: "echo two" })),
      text("Done."),
    );
    const { records } = await start();
    const outputs = records.filter((record) => record.type === "tool.output");
    expect(new Set(outputs.map(({ callId, text }) => `${callId}${text}`)).size).toBe(2);
  });

  it("gives bash exactly the environment of the task", async () => {
    vi.stubEnv("CANARY_SECRET", "sk-canary");
    server.enqueue(toolCall("bash", { command: "env | sort" }), text("Done."));
    const { records } = await start({ environment: { PATH: "/usr/bin:/bin", ONLY: "this" } });
    const ended = records.find((record) => record.type === "tool.ended");
    expect(
      ended?.text
        .trim()
        .split("\n")
        .map((line) => line.split("=")[0]),
    ).toEqual(["ONLY", "PATH", "PWD", "SHLVL", "_"]);
  });

  it("survives a line of 2 MB, and shows the beginning of it live", async () => {
    // Pi puts the whole output into a file there.
    vi.stubEnv("TMPDIR", workspace);
    server.enqueue(toolCall("bash", { command: "head -c 2000000 /dev/zero | tr '\\0' x" }), text("Done."));
    const { records, result } = await start();
    const live = records
      .filter((record) => record.type === "tool.output")
      .map(({ text }) => text)
      .join("");
    expect(live.length).toBeLessThan(70_000);
    expect(live).toContain("not shown live");
    expect(result.output).toBe("Done.");
  });

  it("ends a command at its own timeout, with what the command has started", async () => {
    server.enqueue(toolCall("bash", { command: "sleep 300 & sleep 300", timeout: 0.2 }), text("Done."));
    const { records } = await start();
    expect(records.find((record) => record.type === "tool.ended")?.text).toContain("timed out");
  });

  it.each([0, -1, 3e6])("refuses a timeout of %d s in words", async (timeout) => {
    server.enqueue(toolCall("bash", { command: "echo begun", timeout }), text("Done."));
    const { records } = await start();
    const ended = records.find((record) => record.type === "tool.ended");
    expect(ended).toMatchObject({ isError: true, text: expect.stringContaining("Invalid timeout") });
    expect(ended?.text).not.toContain("begun");
  });

  it.each([
    ["of a child in the background", "(for i in $(seq 20); do sleep 0.03; echo line $i; done) &"],
    ["through a pipe", "(for i in $(seq 20); do echo line $i; done) | (sleep 0.05; cat) & exit 0"],
    ["through a process substitution", "exec > >(sleep 0.05; cat); for i in $(seq 20); do echo line $i; done"],
  ])("reads the output %s to its end although the shell has exited", async (_name, command) => {
    server.enqueue(toolCall("bash", { command }), text("Done."));
    const { records } = await start({ environment: { PATH: process.env.PATH ?? "" } });
    const ended = records.find((record) => record.type === "tool.ended");
    expect(ended?.text.match(/line \d+/g)).toHaveLength(20);
  });

  it("ends a command at its timeout although only a background process still writes, and says so", async () => {
    const command = "while echo tick; do sleep 0.01; done & echo $! > pid";
    server.enqueue(toolCall("bash", { command, timeout: 0.5 }), text("Done."));
    const { records } = await start({ environment: { PATH: process.env.PATH ?? "" } });
    process.kill(Number(await readFile(join(workspace, "pid"), "utf8")), "SIGKILL");
    const ended = records.find((record) => record.type === "tool.ended");
    expect(ended?.text).toContain("background processes it started kept writing");
  });

  it("lets a server that was started in one call answer in the next, whatever it writes", async () => {
    const serve = `
      const server = require("node:http").createServer((request, response) => {
        process.stdout.write("answered ".repeat(100_000), () => response.end("from the server"));
      });
      server.listen(0, "127.0.0.1", () => require("node:fs").writeFileSync("port", String(server.address().port)));
      server.on("listening", () => setInterval(() => process.stderr.write("still here\\n"), 300));`;
    const ask = `fetch("http://127.0.0.1:" + require("node:fs").readFileSync("port")).then((a) => a.text()).then(console.log)`;
    await writeFile(join(workspace, "serve.cjs"), serve);
    await writeFile(join(workspace, "ask.cjs"), ask);
    server.enqueue(
      toolCall("bash", { command: "node serve.cjs & echo $! > pid; until [ -s port ]; do sleep 0.02; done; echo up" }),
      toolCall("bash", { command: "node ask.cjs; node ask.cjs" }),
      text("Done."),
    );
    const { records } = await start({ environment: { PATH: `${dirname(process.execPath)}:${process.env.PATH}` } });
    process.kill(Number(await readFile(join(workspace, "pid"), "utf8")), "SIGKILL");
    const [up, answer] = records.filter((record) => record.type === "tool.ended");
    expect(up?.text).toContain("up");
    expect(answer?.text.match(/from the server/g)).toHaveLength(2);
  });

  it("does not wait for a background process that holds the output", async () => {
    server.enqueue(toolCall("bash", { command: "sleep 300 & echo $! > pid; echo started" }), text("Done."));
    const { result } = await start();
    expect(result.output).toBe("Done.");
    process.kill(Number(await readFile(join(workspace, "pid"), "utf8")), "SIGKILL");
  });

  it("takes another message of the user while it works", async () => {
    server.enqueue(toolCall("bash", { command: "true" }), text("Done."));
    const harness = newHarness();
    await run(harness, task(), (record) => {
      if (record.type === "tool.started") void harness.steer("And hurry.");
    });
    expect(JSON.stringify(server.requests[1]?.body)).toContain("And hurry.");
  });

  it("says that a tool is missing that it may not download", async () => {
    server.enqueue(toolCall("find", { pattern: "*" }), text("Done."));
    vi.stubEnv("PI_OFFLINE", "1");
    vi.stubEnv("PATH", "/nowhere");
    const { records } = await start({ tools: ["find"] });
    const ended = records.find((record) => record.type === "tool.ended");
    expect(ended).toMatchObject({ isError: true, text: expect.stringContaining("fd is not available") });
  });
});

describe("a provider that fails", () => {
  const error = (message: string) => ({ error: { message, type: "x" } });

  it("with 401 ends the run at once, with its words", async () => {
    server.enqueue(status(401, error("Incorrect API key provided")));
    const { records, result } = await start();
    expect(result.failure).toMatchObject({
      code: "provider_auth",
      message: expect.stringContaining("Incorrect API key"),
    });
    expect(records.filter(({ type }) => type === "request.started")).toHaveLength(1);
  });

  it("with 429 is asked again within one turn until the patience is over", async () => {
    server.otherwise(() => status(429, error("Slow down")));
    const { records, result } = await start({ providerPatience: { totalMs: 200, unpaidMs: 200 } });
    expect(result.failure).toMatchObject({ code: "provider_rate_limited", isUnpaid: true });
    const types = records.map(({ type }) => type);
    const requests = types.filter((type) => type === "request.ended").length;
    expect(requests).toBeGreaterThan(3);
    expect(types.filter((type) => type === "retry.scheduled")).toHaveLength(requests - 1);
    expect(types.filter((type) => type.startsWith("turn."))).toEqual(["turn.started", "turn.ended"]);
  });

  it("and asks for a longer wait than there is patience ends the run, with what it asked for", async () => {
    server.enqueue(status(429, error("Slow down"), { "retry-after": "7" }));
    const { records, result } = await start();
    expect(result.failure).toMatchObject({ code: "provider_rate_limited", retryAfterMs: 7_000 });
    expect(records.filter(({ type }) => type === "request.ended")).toHaveLength(1);
  });

  it("is waited for as long as it asks, from its first answer on", async () => {
    server.enqueue(status(429, error("Slow down"), { "retry-after-ms": "60" }), text("Here I am."));
    const { records, result } = await start();
    expect(result).toMatchObject({ output: "Here I am.", failure: null });
    const [retry] = records.filter((record) => record.type === "retry.scheduled");
    expect(retry?.delayMs).toBe(60);
  });

  it("after the model has answered is waited for with the whole patience", async () => {
    server.enqueue(
      toolCall("bash", { command: "true" }),
      ...Array.from({ length: 5 }, () => status(502, "Bad gateway")),
    );
    const { result } = await start({ providerPatience: { totalMs: 60_000, unpaidMs: 0 } });
    expect(result).toMatchObject({ failure: null, usage: { turns: 2 } });
  });

  it("while it is waited for lets the run be aborted at once", async () => {
    server.enqueue(status(429, error("Slow down"), { "retry-after": "600" }));
    const harness = newHarness();
    const waiting = { providerPatience: { totalMs: 900_000, unpaidMs: 900_000 } };
    const { result } = await run(harness, task(waiting), ({ type }) => {
      if (type === "retry.scheduled") harness.abort();
    });
    expect(result.failure).toMatchObject({ code: "cancelled" });
  });

  it("and recovers does not fail the run", async () => {
    server.enqueue(status(503, error("Busy")), cutAfter(3, "A long answer that is cut off"), text("Here I am."));
    const { result } = await start();
    expect(result).toMatchObject({ output: "Here I am.", failure: null, usage: { turns: 1 } });
    expect(result.messages).toHaveLength(2);
  });

  it.each([
    [402, "provider_error"],
    [404, "model_not_found"],
    [500, "provider_unavailable"],
    [529, "provider_overloaded"],
  ])("with %d ends the run with %s", async (code, expected) => {
    server.otherwise(() => status(code, error("The provider's words")));
    const { result } = await start({ providerPatience: { totalMs: 20, unpaidMs: 20 } });
    expect(result.failure).toMatchObject({ code: expected, message: expect.stringContaining("The provider's words") });
  });

  it.each(["fake-anthropic", "fake-google"])("is understood in the way of %s too", async (provider) => {
    server.enqueue(status(401, { error: { code: 401, message: "Bad key", status: "UNAUTHENTICATED" } }));
    const { result } = await start({ provider });
    expect(result.failure).toMatchObject({ code: "provider_auth", message: expect.stringContaining("Bad key") });
  });

  it("with an empty answer fails the run", async () => {
    server.enqueue(empty());
    expect((await start()).result.failure).toMatchObject({ code: "no_output" });
  });

  it("that cannot be reached fails the run, and the address and the cause are named", async () => {
    const providerConfig = { ...server.modelsFile().providers.fake, baseUrl: "http://127.0.0.1:9/v1" };
    expect((await start({ providerConfig })).result.failure).toMatchObject({
      code: "provider_unavailable",
      message: "http://127.0.0.1:9/v1 cannot be reached (ECONNREFUSED)",
    });
  });

  it("that is full ends the run as an overflow", async () => {
    server.otherwise(() => status(400, error("This model's maximum context length is 8 tokens")));
    expect((await start()).result.failure).toMatchObject({ code: "context_overflow" });
  });

  it("that does not have the model is named", async () => {
    const unknown = { provider: "anthropic", model: "no-such-model", apiKey: "k", providerConfig: undefined };
    const { result } = await start(unknown as Partial<RunnerTask>);
    expect(result.failure).toMatchObject({
      code: "model_not_found",
      message: expect.stringContaining("no-such-model"),
    });
  });

  it("is not seen in an answer that talks of 429 and overload", async () => {
    server.enqueue(text("Error 429: rate limit, overloaded, 401 unauthorized"));
    expect((await start()).result.failure).toBeNull();
  });
});
