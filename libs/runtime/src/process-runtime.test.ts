import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LaunchError, newInvocationId, type Runner, type Runtime } from "@pifleet/invocation";
import { describeRuntime } from "@pifleet/testkit/conformance/runtime";
import { actingRunnerEntry, finish, perform, taskOf } from "@pifleet/testkit/runtime";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProcessRuntime } from "./process-runtime.ts";
import { readProcess } from "./processes/process-table.ts";

const roots: string[] = [];

function newRoot(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "pifleet-runtime-")));
  roots.push(root);
  return root;
}

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

describeRuntime("the process runtime", async () =>
  createProcessRuntime({ workspaces: newRoot(), runnerEntry: actingRunnerEntry }),
);

describe("a runner's process", () => {
  let root: string;
  let runtime: Runtime;
  const faults: Error[] = [];

  beforeEach(() => {
    root = newRoot();
    runtime = createProcessRuntime({
      workspaces: root,
      runnerEntry: actingRunnerEntry,
      heapMb: 64,
      onFault: (error) => faults.push(error),
    });
  });
  afterEach(async () => {
    await runtime.close();
    expect(visible(root)).toEqual([]);
    expect(faults).toEqual([]);
  });

  const launch = (files: { path: string; content: string }[] = []) =>
    runtime.launch({ invocationId: newInvocationId(), attempt: 2, files });

  it("has a workspace that only its owner can read, with the files it was given", async () => {
    const runner = await launch([{ path: "src/deep/a.txt", content: "hello" }]);
    const mode = (path: string) => (statSync(join(runner.workspace, path)).mode & 0o777).toString(8);
    expect([mode("."), mode("src"), mode("src/deep/a.txt")]).toEqual(["700", "700", "600"]);
    expect(runner.workspace).toMatch(/inv_\w+-2-/);
    await runner.dispose();
    expect(existsSync(runner.workspace)).toBe(false);
    expect(existsSync(runner.toolEnvironment.TMPDIR ?? "")).toBe(false);
  });

  it("is not launched with a file that leads out of the workspace, and leaves nothing", async () => {
    await expect(launch([{ path: "../escape", content: "" }])).rejects.toBeInstanceOf(LaunchError);
    expect(existsSync(join(root, "escape"))).toBe(false);
  });

  it("shows its tools no more than PATH, HOME, LANG, TERM, TMPDIR and the marker, also by way of /proc", async () => {
    vi.stubEnv("CANARY_SECRET", "sk-canary-0123456789");
    const runner = await launch();
    const said = await shell(
      runner,
      "env; echo; tr '\\0' '\\n' < /proc/$PPID/environ; tr '\\0' ' ' < /proc/$PPID/cmdline",
    );
    vi.unstubAllEnvs();
    const [tool = "", parent = ""] = said.split("\n\n");
    expect(names(tool)).toEqual(["HOME", "LANG", "PATH", "PIFLEET_RUN", "PWD", "TERM", "TMPDIR"]);
    expect(tool).toContain(`HOME=${runner.workspace}\n`);
    expect(parent).toContain("NODE_COMPILE_CACHE=");
    expect(said).not.toContain("canary");
    await runner.dispose();
  });

  it("says what is no record: it is terminated, and its exit says why", async () => {
    const runner = await launch();
    await perform(runner, [{ do: "send_raw", value: { type: "nonsense" } }, { do: "wait" }]);
    expect((await runner.exited).protocolFault).toContain("nonsense");
    await runner.dispose();
  });

  it.each([
    ["is no JSON", "garbage\n"],
    ["has bytes that are no text", "\u0000\u0001\ufffd{\n"],
    ["is JSON, but no record", "[1, 2]\nnull\n"],
  ])("that writes to the channel what %s is terminated, and harms nobody else", async (_title, text) => {
    const runner = await launch();
    await perform(runner, [{ do: "write_channel", text }, { do: "wait" }]);
    expect(await runner.exited).toMatchObject({ signal: "SIGKILL", protocolFault: expect.any(String) });
    await runner.dispose();
  });

  it("that runs out of its heap is told from other crashes", async () => {
    const runner = await launch();
    await perform(runner, [{ do: "fill_memory" }]);
    expect(await runner.exited).toMatchObject({ outOfMemory: true });
    await runner.dispose();
  });

  it("that is killed from outside says so", async () => {
    const runner = await launch();
    const said = perform(runner, [{ do: "wait" }]);
    process.kill(runner.pid, "SIGKILL");
    await said;
    expect(await runner.exited).toMatchObject({ code: null, signal: "SIGKILL", outOfMemory: false });
    await runner.dispose();
  });

  it("may write 2 MB in one line, of which the end is kept", async () => {
    const runner = await launch();
    const text = `${"x".repeat(2_000_000)}the end`;
    await perform(runner, [{ do: "write_stderr", text }, finish("ok"), { do: "exit", code: 0 }]);
    const { stderrTail } = await runner.exited;
    expect(stderrTail.endsWith("the end")).toBe(true);
    expect(stderrTail.length).toBe(8_192);
    await runner.dispose();
  });

  it("that ends before its task cannot be launched, and the error tells how it ended", async () => {
    const broken = createProcessRuntime({ workspaces: root, runnerEntry: join(root, "missing.mjs") });
    const error = await broken.launch({ invocationId: newInvocationId(), attempt: 1, files: [] }).catch((e) => e);
    expect(error).toBeInstanceOf(LaunchError);
    expect(error.exit.stderrTail).toContain("missing.mjs");
    await broken.close();
  });

  it("is given up while it starts when nobody waits for it any more", async () => {
    const abandoned = new AbortController();
    const launching = runtime.launch({
      invocationId: newInvocationId(),
      attempt: 1,
      files: [],
      signal: abandoned.signal,
    });
    abandoned.abort();
    await expect(launching).rejects.toBeInstanceOf(LaunchError);
  });

  it("leaves nothing behind when its tools made everything read-only and planted links", async () => {
    const outside = join(root, ".outside");
    mkdirSync(outside);
    const runner = await launch();
    await shell(runner, `ln -s ${outside} link; mkdir -p a/b; touch a/b/c; ln -s / a/root; chmod 500 a/b a .`);
    await runner.dispose();
    expect(existsSync(outside)).toBe(true);
  });

  it("stops with all its processes when it is suspended, and goes on", async () => {
    const runner = await launch();
    const pids = await background(runner, "sleep 300 & echo $!; setsid sleep 300 & echo $!", 2);
    await runner.suspend();
    expect([runner.pid, ...pids].map((pid) => readProcess(pid)?.state)).toEqual(["T", "T", "T"]);
    await runner.resume();
    expect(readProcess(runner.pid)?.state).not.toBe("T");
    await runner.dispose();
  });

  it("ends also while it is suspended", async () => {
    const runner = await launch();
    await runner.suspend();
    await runner.terminate(200);
    expect((await runner.exited).signal).toBe("SIGTERM");
    await runner.dispose();
  });
});

describe("the end of a runner", () => {
  const runtime = () => createProcessRuntime({ workspaces: newRoot(), runnerEntry: actingRunnerEntry });
  const ignoringTerm = `sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done'`;

  it.each([
    ["ignores SIGTERM", `${ignoringTerm} & wait`],
    ["has called setsid", `setsid ${ignoringTerm} & wait`],
    ["was forked twice and belongs to init", `(setsid ${ignoringTerm} &) ; wait; sleep 300`],
    ["cleared its environment and called setsid", `(env -i PATH=$PATH setsid ${ignoringTerm} &) ; sleep 300`],
    ["left the workspace and called setsid", `(cd / && setsid ${ignoringTerm} &) ; sleep 300`],
    ["holds the runner's stdout and stderr", `(setsid ${ignoringTerm} 2>&1 &) ; sleep 300`],
  ])("takes a process with it that %s", async (_title, command) => {
    const fleet = runtime();
    const runner = await fleet.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
    const [pid = 0] = await background(runner, command, 1);
    expect(readProcess(pid)).toBeDefined();
    await runner.terminate(100);
    expect([isAlive(pid), isAlive(runner.pid)]).toEqual([false, false]);
    await runner.dispose();
    await fleet.close();
  });

  it("by itself leaves none of its background processes", async () => {
    const fleet = runtime();
    const runner = await fleet.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
    const said = await perform(runner, [
      { do: "shell", command: `(setsid ${ignoringTerm} > pid 2>/dev/null &); while [ ! -s pid ]; do :; done; cat pid` },
      finish("ok"),
      { do: "exit", code: 0 },
    ]);
    const pid = Number(said.flatMap((record) => (record.type === "log" ? record.message : [])).at(0));
    expect(isAlive(pid)).toBe(true);
    await runner.dispose();
    expect(isAlive(pid)).toBe(false);
    await fleet.close();
  });
});

function isAlive(pid: number): boolean {
  const state = readProcess(pid)?.state;
  return state !== undefined && state !== "Z";
}

/** The directory's entries, but for those with a leading dot. */
function visible(directory: string): string[] {
  return readdirSync(directory).filter((name) => !name.startsWith(".") || name.startsWith(".tmp-"));
}

/** The names of the variables that `env` has printed; `_` is the shell's own. */
function names(environment: string): string[] {
  const found = Array.from(environment.matchAll(/^(\w+)=/gm), ([, name = ""]) => name);
  return found.filter((name) => name !== "_").sort();
}

/** Runs a command in the workspace to its end; returns what it wrote to stdout. */
async function shell(runner: Runner, command: string): Promise<string> {
  const said = await perform(runner, [
    { do: "shell", command },
    { do: "exit", code: 0 },
  ]);
  return said.flatMap((record) => (record.type === "log" && record.message !== "bye" ? record.message : [])).join("");
}

/** Starts a command that goes on; returns the first process ids that it prints. */
async function background(runner: Runner, command: string, count: number): Promise<number[]> {
  runner.send({ type: "task", task: taskOf(runner, [{ do: "shell", command }, { do: "wait" }]) });
  let printed = "";
  for await (const record of runner.records) {
    if (record.type === "log") printed += record.message;
    const pids = printed.split("\n").slice(0, -1).map(Number);
    if (pids.length >= count) return pids;
  }
  throw new Error(`The runner ended; it printed ${printed}`);
}
