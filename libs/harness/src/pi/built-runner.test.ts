import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REHEARSE, type RunnerTask } from "@pifleet/invocation";
import { describeHarness, run } from "@pifleet/testkit/conformance/harness";
import {
  FAKE_API_KEY,
  type ModelServer,
  startModelServer,
  status,
  text,
  together,
  toolCall,
} from "@pifleet/testkit/model-server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runnerPrograms } from "../runner-program.ts";
import { ChildHarness } from "./testing/child-harness.ts";
import { piBench } from "./testing/pi-bench.ts";
import { piTask } from "./testing/pi-task.ts";

const TRACE = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", sampled: true };
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;

/** What a run leaves out of Pi to be small must not be missed: what runs in this process has all of Pi. */
describe.each(runnerPrograms)("a runner out of its $name", (program) => {
  let server: ModelServer;
  let workspace: string;

  beforeEach(async () => {
    server = await startModelServer();
    workspace = await realpath(await mkdtemp(join(tmpdir(), "pifleet-built-")));
  });
  afterEach(async () => {
    await server.close();
    await rm(workspace, { recursive: true });
  });

  const task = (changes: Partial<RunnerTask> = {}) => piTask(server, workspace, changes);
  const start = (changes: Partial<RunnerTask> = {}) => run(new ChildHarness(program), task(changes));

  describeHarness(
    `Pi out of a ${program.name}`,
    piBench(
      () => new ChildHarness(program),
      () => server,
      task,
    ),
  );

  it.each(["fake", "fake-anthropic", "fake-google"])("works with all tools by the API of %s", async (provider) => {
    await writeFile(join(workspace, "poem.txt"), "roses are red\n");
    server.enqueue(
      together(toolCall("read", { path: "poem.txt" }), toolCall("ls", {})),
      toolCall("edit", { path: "poem.txt", edits: [{ oldText: "red", newText: "blue" }] }),
      toolCall("write", { path: "new.txt", content: "violets" }),
      toolCall("bash", { command: "cat new.txt" }),
      toolCall("grep", { pattern: "blue" }),
      toolCall("find", { pattern: "*.txt" }),
      text("All done."),
    );
    const tools: RunnerTask["tools"] = ["read", "bash", "edit", "write", "grep", "find", "ls"];
    const { records, result } = await start({ provider, tools });
    expect(result).toMatchObject({ output: "All done.", failure: null, usage: { turns: 7, toolCalls: 7 } });
    const said = new Map(records.flatMap((record) => (record.type === "tool.ended" ? [[record.name, record]] : [])));
    expect(said.get("read")).toMatchObject({ isError: false, text: "roses are red\n" });
    expect(said.get("ls")).toMatchObject({ isError: false, text: "poem.txt" });
    expect(said.get("bash")).toMatchObject({ isError: false, text: "violets" });
    expect(await readFile(join(workspace, "poem.txt"), "utf8")).toBe("roses are blue\n");
    // They need programs of the machine, which are not on every one, or are older than Pi's grep and find want.
    expect(said.get("grep")?.text).toMatch(/poem\.txt:1: roses are blue|not available/);
    expect(said.get("find")?.text).toMatch(/new\.txt|not available|no-require-git/);
  });

  it.each([
    ["fake", "Incorrect API key"],
    ["fake-anthropic", "invalid x-api-key"],
    ["fake-google", "API key not valid"],
  ])("hears how %s refuses", async (provider, message) => {
    server.enqueue(status(401, { error: { code: 401, message, type: "authentication_error" } }));
    const { result } = await start({ provider });
    expect(result.failure).toMatchObject({ code: "provider_auth", message: expect.stringContaining(message) });
  });

  it("asks a provider again that is busy", async () => {
    server.enqueue(status(503, { error: { message: "Busy" } }), text("Here I am."));
    const { records, result } = await start();
    expect(result).toMatchObject({ output: "Here I am.", failure: null });
    expect(records).toContainEqual(expect.objectContaining({ type: "retry.scheduled" }));
  });

  it("makes a conversation shorter that has become too long", async () => {
    server.enqueue(text("A summary."), text("Done."));
    const long = "word ".repeat(40_000);
    const conversation: RunnerTask["conversation"] = [
      { role: "user", content: long },
      { role: "assistant", content: long },
      { role: "user", content: "Begin." },
    ];
    const { records, result } = await start({ conversation });
    expect(records).toContainEqual(expect.objectContaining({ type: "compaction" }));
    expect(result).toMatchObject({ output: "Done.", failure: null });
  });

  it("scales an image that it reads", async () => {
    await copyFile(join(import.meta.dirname, "testing/large.png"), join(workspace, "large.png"));
    server.enqueue(toolCall("read", { path: "large.png" }), text("I see."));
    const { records } = await start();
    const read = records.find((record) => record.type === "tool.ended");
    expect(read?.text).toMatch(/original 2400x10, displayed at 2000x8/);
  });

  it("knows the models of the built-in provider that it needs", async () => {
    server.enqueue(text("Hello."));
    const reach = { provider: "anthropic", model: "claude-sonnet-4-5", apiKey: FAKE_API_KEY };
    const { result } = await start({ ...reach, providerConfig: { baseUrl: server.url } });
    expect(result).toMatchObject({ output: "Hello.", failure: null });
    expect(server.requests[0]?.path).toMatch(/^\/v1\/messages/);
  });

  it("loads what reaches Bedrock only when it is asked for", async () => {
    const reach = { provider: "amazon-bedrock", model: "amazon.nova-lite-v1:0", apiKey: FAKE_API_KEY };
    const providerEnvironment = { AWS_REGION: "us-east-1" };
    const { result } = await start({
      ...reach,
      providerEnvironment,
      providerConfig: { baseUrl: "http://127.0.0.1:9" },
    });
    const message = expect.stringContaining("ECONNREFUSED");
    expect(result.failure).toMatchObject({ code: "provider_unavailable", message });
  });

  it("never compiles anew what Node keeps compiled of its own modules", async () => {
    const child = spawn(process.execPath, [...program.arguments, REHEARSE], {
      cwd: workspace,
      env: { PATH: process.env.PATH, TMPDIR: workspace, NODE_DEBUG_NATIVE: "CODE_CACHE" },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let told = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk) => {
      told += chunk;
    });
    await once(child, "message");
    child.kill("SIGKILL");
    await once(child, "close");
    const modules = told.match(/^Code cache of \S+ .*$/gm) ?? [];
    expect(modules.length).toBeGreaterThan(10);
    for (const module of modules) expect(module).toMatch(/ is accepted$/);
  });

  it("has no identifier in common with another one", async () => {
    const long = `yes | head -c 100000; ls -A ${"$TMPDIR"}`;
    const identifiers = async () => {
      server.requests.length = 0;
      server.enqueue(toolCall("bash", { command: long }), text("Done."));
      const { records } = await start({ trace: TRACE, provider: "fake" });
      const spans = records.flatMap((record) => (record.type === "request.started" ? [record.spanId ?? ""] : []));
      const sent = JSON.stringify(server.requests.map(({ headers, body }) => [headers, body]));
      const files = await readdir(workspace);
      for (const file of files) await rm(join(workspace, file));
      return [...spans, ...(sent.match(UUID) ?? []), ...files];
    };
    const first = new Set(await identifiers());
    // Two spans, and the file with the whole output of the command.
    expect(first.size).toBeGreaterThan(2);
    for (const identifier of await identifiers()) expect(first).not.toContain(identifier);
  });
});
