import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { LaunchError, newInvocationId, type Runner, type Runtime } from "@pifleet/invocation";
import { describeRuntime } from "@pifleet/testkit/conformance/runtime";
import { ACTING_RUNNER, finish, perform, taskOf } from "@pifleet/testkit/runtime";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProcessRuntime } from "./process-runtime.ts";
import { readProcess } from "./processes/process-table.ts";
import { CONTAINMENTS } from "./testing/containments.ts";
import { isAlive } from "./testing/life.ts";
import { newRoots } from "./testing/roots.ts";

const newRoot = newRoots();

for (const containment of CONTAINMENTS) {
  describeRuntime(`the process runtime with the containment ${containment}`, async () =>
    createProcessRuntime({ workspaces: newRoot(), programs: [ACTING_RUNNER], containment }),
  );
}

describe.each(CONTAINMENTS)("a runner's process, with the containment %s,", (containment) => {
  let root: string;
  let runtime: Runtime;
  const faults: Error[] = [];

  beforeEach(() => {
    root = newRoot();
    runtime = createProcessRuntime({
      workspaces: root,
      programs: [ACTING_RUNNER],
      heapMb: 64,
      containment,
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

  it("shows what it has left in its outputs, once whatever it had started is dead", async () => {
    const runner = await launch();
    const command =
      "mkdir outputs; echo 1 > outputs/a; (while echo more >> outputs/a; do sleep 0.01; done) & echo begun";
    await perform(runner, [{ do: "shell", command }, finish("done"), { do: "exit", code: 0 }]);
    for await (const output of runner.outputs({ files: 10, fileBytes: 1_000_000, totalBytes: 1_000_000 })) {
      if (output.kind !== "file") throw new Error(output.reason);
      expect(await text(output.content)).toHaveLength(output.bytes);
    }
    await runner.dispose();
    await runner.dispose();
  });

  it("is not launched with a file that leads out of the workspace, and leaves nothing", async () => {
    await expect(launch([{ path: "../escape", content: "" }])).rejects.toBeInstanceOf(LaunchError);
    expect(existsSync(join(root, "escape"))).toBe(false);
  });

  it("shows its tools no more than PATH, HOME, LANG, TERM, TMPDIR, Git's settings and the marker, also by way of /proc", async () => {
    vi.stubEnv("CANARY_SECRET", "sk-canary-0123456789");
    const runner = await launch();
    const said = await shell(
      runner,
      "env; echo; tr '\\0' '\\n' < /proc/$PPID/environ; tr '\\0' ' ' < /proc/$PPID/cmdline",
    );
    vi.unstubAllEnvs();
    const [tool = "", parent = ""] = said.split("\n\n");
    const git = ["GIT_CEILING_DIRECTORIES", "GIT_CONFIG_SYSTEM"];
    expect(names(tool)).toEqual([...git, "HOME", "LANG", "PATH", "PIFLEET_RUN", "PWD", "TERM", "TMPDIR"]);
    expect(tool).toContain(`HOME=${runner.workspace}\n`);
    expect(parent).not.toContain("NODE_COMPILE_CACHE=");
    expect(said).not.toContain("canary");
    await runner.dispose();
  });

  it("lets Git find no checkout around the workspace, and commit under an identity that the agent may replace", async () => {
    execFileSync("git", ["init", "--quiet", root]);
    const runner = await launch([{ path: "deep/a", content: "a" }]);
    const commit = "git add -A 2>&1; git commit --quiet -m one 2>&1; git log -1 --format='%an <%ae>' 2>&1";
    const own = `git init --quiet; ${commit}; git config user.name Ada; touch b; ${commit}`;
    const said = await shell(runner, `(cd deep; ${commit}); ${own}`);
    expect(said.match(/not a git repository/g)).toHaveLength(3);
    expect(said.match(/^.*invalid>$/gm)).toEqual(["Pi Fleet <agent@pifleet.invalid>", "Ada <agent@pifleet.invalid>"]);
    await runner.dispose();
    rmSync(join(root, ".git"), { recursive: true });
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

  it("stops also when it forks all the time", async () => {
    const runner = await launch();
    const [shell = 0] = await background(runner, "(echo 'echo $$; while :; do /bin/true; done' | sh) & wait", 1);
    for (let time = 0; time < 5; time += 1) {
      await runner.suspend();
      expect([runner.pid, shell].map((pid) => readProcess(pid)?.state)).toEqual(["T", "T"]);
      await runner.resume();
    }
    await runner.dispose();
  });

  it("goes on also when it is let go on before all of it has stopped", async () => {
    const runner = await launch();
    const suspended = runner.suspend();
    await runner.resume();
    await suspended;
    const said = await perform(runner, [finish("ok"), { do: "exit", code: 0 }]);
    expect(said.map(({ type }) => type)).toContain("finished");
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

describe.each(CONTAINMENTS)("the end of a runner, with the containment %s,", (containment) => {
  let runtime: Runtime;

  beforeEach(() => {
    runtime = createProcessRuntime({ workspaces: newRoot(), programs: [ACTING_RUNNER], containment });
  });
  afterEach(() => runtime.close());

  const ignoringTerm = `sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done'`;

  it.each([
    ["ignores SIGTERM", `${ignoringTerm} & wait`],
    ["has called setsid", `setsid ${ignoringTerm} & wait`],
    ["was forked twice and belongs to init", `(setsid ${ignoringTerm} &) ; wait; sleep 300`],
    ["cleared its environment and called setsid", `(env -i PATH=$PATH setsid ${ignoringTerm} &) ; sleep 300`],
    ["left the workspace and called setsid", `(cd / && setsid ${ignoringTerm} &) ; sleep 300`],
    ["holds the runner's stdout and stderr", `(setsid ${ignoringTerm} 2>&1 &) ; sleep 300`],
  ])("takes a process with it that %s", async (_title, command) => {
    const runner = await runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
    const [pid = 0] = await background(runner, command, 1);
    expect(readProcess(pid)).toBeDefined();
    await runner.terminate(100);
    expect([isAlive(pid), isAlive(runner.pid)]).toEqual([false, false]);
    await runner.dispose();
  });

  it.runIf(containment === "auto")("takes a process with it that has left no other trace of the run", async () => {
    const runner = await runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
    const traceless = `(cd / && exec env -i PATH=$PATH setsid -f ${ignoringTerm}) & sleep 300`;
    const [pid = 0] = await background(runner, traceless, 1);
    await runner.suspend();
    expect(readProcess(pid)?.state).toBe("T");
    await runner.terminate(0);
    expect(isAlive(pid)).toBe(false);
    await runner.dispose();
  });

  it("by itself leaves none of its background processes", async () => {
    const runner = await runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
    const said = await perform(runner, [
      { do: "shell", command: `(setsid ${ignoringTerm} > pid 2>/dev/null &); while [ ! -s pid ]; do :; done; cat pid` },
      finish("ok"),
      { do: "exit", code: 0 },
    ]);
    const pid = Number(said.flatMap((record) => (record.type === "log" ? record.message : [])).at(0));
    expect(isAlive(pid)).toBe(true);
    await runner.dispose();
    expect(isAlive(pid)).toBe(false);
  });
});

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
