import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { newInvocationId, RunnerRecord, type RunnerTask } from "@pifleet/invocation";
import {
  FAKE_API_KEY,
  hang,
  type ModelServer,
  raw,
  startModelServer,
  text,
  toolCall,
} from "@pifleet/testkit/model-server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelAccess } from "./model-access.ts";
import { runnerPrograms } from "./runner-program.ts";

describe.each(runnerPrograms)("the runner's program, out of its $name", (program) => {
  let server: ModelServer;
  let workspace: string;
  let child: ChildProcess;
  let said: RunnerRecord[];

  beforeEach(async () => {
    server = await startModelServer();
    workspace = await realpath(await mkdtemp(join(tmpdir(), "pifleet-runner-")));
    said = [];
    const environment = { PATH: process.env.PATH, HOME: workspace, TMPDIR: workspace, PIFLEET_RUN: workspace };
    child = spawn(process.execPath, program.arguments, {
      cwd: workspace,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    child.on("message", (message) => said.push(RunnerRecord.parse(message)));
  });
  afterEach(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      process.kill(-(child.pid ?? 0), "SIGKILL");
      await once(child, "exit");
    }
    await server.close();
    await rm(workspace, { recursive: true });
  });

  function task(model = "fake/test"): RunnerTask {
    const access = modelAccess({ model, environment: {}, modelsFile: server.modelsFile() });
    if (access.kind === "failure") throw new Error(access.failure.message);
    const { kind: _kind, ...reach } = access;
    const environment = { PATH: process.env.PATH ?? "", HOME: workspace, PIFLEET_RUN: workspace };
    const conversation = [{ role: "user" as const, content: "Begin." }];
    const tools: RunnerTask["tools"] = ["read", "bash", "edit", "write"];
    const providerPatience = { totalMs: 500, unpaidMs: 500 };
    const attempt = { invocationId: newInvocationId(), attempt: 1, workspace, environment };
    return { ...attempt, providerPatience, conversation, tools, ...reach };
  }

  /** Resolves with the first record of a type. */
  async function record<T extends RunnerRecord["type"]>(type: T): Promise<Extract<RunnerRecord, { type: T }>> {
    for (;;) {
      const found = said.find((candidate) => candidate.type === type);
      if (found) return found as Extract<RunnerRecord, { type: T }>;
      await once(child, "message");
    }
  }

  async function give(given: RunnerTask): Promise<void> {
    await record("ready");
    child.send({ type: "task", task: given });
  }

  it("serves the demo with real tools, says what happens, and exits by itself", async () => {
    await give(task("demo/scripted"));
    const [code] = await once(child, "exit");
    const { result } = await record("finished");
    expect(code).toBe(0);
    expect(result.failure).toBeNull();
    expect(result.output).toContain("> Begin.");
    expect(await readFile(join(workspace, "greeting.md"), "utf8")).toContain("> Begin.");
    expect(said.filter(({ type }) => type === "tool.ended")).toHaveLength(3);
    expect(said.at(-1)?.type).toBe("finished");
  });

  it("shows that it lives, and that a tool is at work", async () => {
    server.enqueue(toolCall("bash", { command: "while [ ! -e go ]; do sleep 0.05; done" }), text("Done."));
    await give(task());
    await record("tool.started");
    const beat = async (): Promise<boolean> => {
      const [message] = await once(child, "message");
      return message.type === "heartbeat" && message.toolRunning;
    };
    while (!(await beat()));
  });

  it("shows that bytes of an answer come, also those that nobody is told of", async () => {
    server.enqueue(raw(Array(400).fill(": keep-alive\n\n"), 20));
    await give(task());
    const beat = async (): Promise<boolean> => {
      const [message] = await once(child, "message");
      return message.type === "heartbeat" && message.receiving === true;
    };
    while (!(await beat()));
    expect(said.filter(({ type }) => type === "message.delta")).toEqual([]);
  });

  it("keeps its key out of everything that its tools can see of it", async () => {
    server.enqueue(toolCall("bash", { command: "env; cat /proc/$PPID/environ /proc/$PPID/cmdline" }), text("Done."));
    await give(task());
    const { text: seen } = await record("tool.ended");
    expect(seen).toContain("runner.cjs");
    expect(seen).not.toContain(FAKE_API_KEY);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${FAKE_API_KEY}`);
  });

  it("stops when it is asked to, and tells what there is", async () => {
    server.enqueue(hang());
    await give(task());
    await server.requested(1);
    child.send({ type: "abort" });
    expect((await record("finished")).result.failure).toMatchObject({ code: "cancelled" });
  });

  it("crashes with a stack on stderr when it is told nonsense", async () => {
    await record("ready");
    const stderr: Buffer[] = [];
    child.stderr?.on("data", (chunk) => stderr.push(chunk));
    child.send({ type: "nonsense" });
    const [code] = await once(child, "exit");
    expect(code).not.toBe(0);
    expect(Buffer.concat(stderr).toString()).toContain("ZodError");
  });

  it("dies with all that it has started when its worker is gone", async () => {
    const escaped = (file: string) => `setsid sh -c 'echo $$ > ${file}; exec sleep 300'`;
    const command = `${escaped("escaped")} & (${escaped("orphaned")} &) ; echo $$ > shell; wait`;
    server.enqueue(toolCall("bash", { command }), text("Done."));
    await give(task());
    const pids = await Promise.all(["escaped", "orphaned", "shell"].map((file) => writtenPid(join(workspace, file))));
    child.disconnect();
    await once(child, "exit");
    for (const pid of pids) await gone(pid);
  });

  it("dies also when its worker is gone before it has loaded", async () => {
    child.disconnect();
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
  });
});

/** The process id in a file, as soon as it is there. */
async function writtenPid(path: string): Promise<number> {
  for (;;) {
    const pid = existsSync(path) ? Number.parseInt(await readFile(path, "utf8"), 10) : Number.NaN;
    if (pid > 0) return pid;
    await setTimeout(10);
  }
}

/** Resolves when a process has ended. */
async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`) && !(await readFile(`/proc/${pid}/stat`, "utf8")).includes(") Z ")) {
    await setTimeout(10);
  }
}
