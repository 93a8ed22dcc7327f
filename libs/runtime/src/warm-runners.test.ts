import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LaunchError, newInvocationId, REHEARSE, type Runner, type Runtime } from "@pifleet/invocation";
import { describeRuntime } from "@pifleet/testkit/conformance/runtime";
import { ACTING_RUNNER, finish, perform } from "@pifleet/testkit/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProcessRuntime, type ProcessRuntimeOptions } from "./process-runtime.ts";
import { controlGroupParent } from "./processes/containment.ts";
import { readProcess, readProcesses } from "./processes/process-table.ts";
import { worksIn } from "./processes/works-for.ts";
import type { Fallback } from "./program-choice.ts";
import { runOf, temporaryName } from "./run-name.ts";
import { CONTAINMENTS } from "./testing/containments.ts";
import { isAlive } from "./testing/life.ts";
import { newRoots } from "./testing/roots.ts";
import { WorkerProcess } from "./testing/worker-process.ts";

const PATIENCE = { timeout: 20_000, interval: 5 };
const newRoot = newRoots();

let root: string;
let runtime: Runtime;
let faults: string[];

beforeEach(() => {
  root = newRoot();
  faults = [];
});
afterEach(() => runtime.close());

function open(options: Partial<ProcessRuntimeOptions> = {}): Runtime {
  const onFault = (error: Error) => faults.push(error.message);
  return createProcessRuntime({ workspaces: root, programs: [ACTING_RUNNER], warm: 2, onFault, ...options });
}

/** Resolves when so many runners wait. */
async function waiting(count = 2): Promise<void> {
  await expect.poll(() => runtime.warm, PATIENCE).toBe(count);
}

const launch = (files: { path: string; content: string }[] = []): Promise<Runner> =>
  runtime.launch({ invocationId: newInvocationId(), attempt: 3, files });

/** The runs that have directories, with what there is of each. */
function directories(): Map<string | undefined, string[]> {
  const names = readdirSync(root).filter((name) => runOf(name) !== undefined);
  return Map.groupBy(names, runOf);
}

/** The processes that work for the runs. */
const processes = () => readProcesses().filter(({ pid }) => worksIn(pid, root));

/** The control groups of these runs. */
function groupsOf(runs: readonly (string | undefined)[]): string[] {
  const parent = controlGroupParent("auto");
  return parent === undefined
    ? []
    : readdirSync(parent).filter((name) => runs.some((run) => run !== undefined && name.endsWith(run)));
}

for (const containment of CONTAINMENTS) {
  describeRuntime(`the process runtime with warm runners and the containment ${containment}`, async () => {
    runtime = createProcessRuntime({
      workspaces: newRoot(),
      programs: [ACTING_RUNNER],
      warm: 2,
      containment,
    });
    runtime.start();
    await waiting();
    return runtime;
  });
}

describe("a runner that waits", () => {
  beforeEach(async () => {
    runtime = open();
    runtime.start();
    await waiting();
  });

  it("has no workspace: all that there is of it has a leading dot", () => {
    expect(readdirSync(root).filter((name) => !name.startsWith("."))).toEqual([]);
    expect([...directories().values()]).toEqual([[expect.any(String)], [expect.any(String)]]);
  });

  it("is given to the next launch, with a workspace that bears the invocation's name, and is replaced", async () => {
    const before = new Set(processes().map(({ pid }) => pid));
    const runner = await launch([{ path: "a.txt", content: "" }]);
    expect([runner.start, before.has(runner.pid)]).toEqual(["warm", true]);
    expect(basename(runner.workspace)).toMatch(/^inv_\w+-3-[0-9a-f]{12}$/);
    expect(existsSync(join(runner.workspace, "a.txt"))).toBe(true);
    await waiting();
    const said = await perform(runner, [finish("done"), { do: "exit", code: 0 }]);
    expect(said.at(0)).toMatchObject({ type: "ready" });
    await runner.dispose();
    expect(directories().has(runOf(basename(runner.workspace)))).toBe(false);
  });

  it("has an environment that does not tell where the workspace will be", async () => {
    const runner = await launch();
    const said = await perform(runner, [
      { do: "shell", command: "tr '\\0' '\\n' < /proc/$PPID/environ" },
      { do: "exit", code: 0 },
    ]);
    const environment = said.flatMap((record) => (record.type === "log" ? record.message : [])).join("");
    expect(environment).toContain(temporaryName(runOf(basename(runner.workspace)) ?? ""));
    expect(environment).not.toContain("inv_");
    await runner.dispose();
  });

  it("is removed with all that there is of it when it is killed, and replaced", async () => {
    const [victim] = processes();
    const [run] = [...directories().keys()].filter((name) =>
      worksIn(victim?.pid ?? 0, join(root, temporaryName(name ?? ""))),
    );
    process.kill(victim?.pid ?? 0, "SIGKILL");
    await expect.poll(() => [directories().has(run), groupsOf([run])], PATIENCE).toEqual([false, []]);
    await waiting();
    expect(faults).toEqual(["A runner that waited has ended with SIGKILL"]);
  });

  it("is not given to a launch that comes right after it was killed", async () => {
    for (const { pid } of processes()) process.kill(pid, "SIGKILL");
    const runner = await launch();
    expect(runner.start).toBe("cold");
    const said = await perform(runner, [finish("done"), { do: "exit", code: 0 }]);
    expect(said.map(({ type }) => type)).toContain("finished");
    await runner.dispose();
  });

  it("is used up by a launch that cannot make its workspace, which leaves nothing", async () => {
    const runs = [...directories().keys()];
    await expect(launch([{ path: "../escape", content: "" }])).rejects.toBeInstanceOf(LaunchError);
    expect(runs.filter((run) => directories().has(run))).toHaveLength(1);
    await waiting();
  });

  it("is ended by a drain; a launch starts a runner of its own then", async () => {
    const runs = [...directories().keys()];
    await runtime.drain();
    expect([runtime.warm, processes(), [...directories()], groupsOf(runs)]).toEqual([0, [], [], []]);
    const runner = await launch();
    expect([runner.start, isAlive(runner.pid)]).toEqual(["cold", true]);
    await runner.dispose();
  });
});

describe.each(CONTAINMENTS)("a worker whose runners wait, with the containment %s,", (containment) => {
  it("leaves nothing behind that the sweep does not remove when it is killed", async () => {
    runtime = open({ warm: 0, containment });
    const worker = await WorkerProcess.start(root, containment, "echo $$; sleep 300", 2);
    // Even those that could not end by themselves.
    const runners = processes().filter(({ pid }) => readProcess(pid)?.parent === worker.pid);
    for (const { pid } of runners) process.kill(pid, "SIGSTOP");
    const runs = [...directories().keys()];
    expect(runners).toHaveLength(3);
    await worker.kill();
    expect(await runtime.sweep()).toEqual({ runners: 3, workspaces: 1 });
    expect([runners.map(({ pid }) => pid).filter(isAlive), [...directories()], groupsOf(runs)]).toEqual([[], [], []]);
    expect(readdirSync(join(root, ".runs"))).toEqual([]);
  });

  it("has them end by themselves when it is killed", async () => {
    runtime = open({ warm: 0, containment });
    const worker = await WorkerProcess.start(root, containment, "echo $$; sleep 300", 2);
    const waiting = processes().filter(
      ({ pid }) => readProcess(pid)?.parent === worker.pid && pid !== worker.run.runner,
    );
    await worker.kill();
    await expect.poll(() => waiting.map(({ pid }) => isAlive(pid)), PATIENCE).toEqual([false, false]);
    await runtime.sweep();
  });

  it("takes them with it when it exits at once", async () => {
    runtime = open({ warm: 0, containment });
    const worker = await WorkerProcess.start(root, containment, "echo $$; sleep 300", 2);
    await worker.exit();
    await expect.poll(() => processes(), PATIENCE).toEqual([]);
    // Where the machine is busy, what they leave is left to the sweep.
    await runtime.sweep();
    expect([[...directories()], readdirSync(join(root, ".runs"))]).toEqual([[], []]);
  });
});

describe("a runner that is started ahead", () => {
  it.each([
    ["has time to rehearse", 1, true],
    ["is not one that somebody waits for, which does not rehearse", 0, false],
  ])("%s", async (_title, warm, rehearses) => {
    runtime = open({ warm });
    runtime.start();
    await waiting(warm);
    const { pid } = await launch();
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(REHEARSE)).toBe(rehearses);
  });
});

describe("a runner program that cannot start", () => {
  it("gives way to the next one, for those that wait and for the launch", async () => {
    const fallbacks: Fallback[] = [];
    const missing = { name: "missing", arguments: [join(newRoot(), "missing.mjs")] };
    runtime = open({ programs: [missing, ACTING_RUNNER], onFallback: (fallback) => fallbacks.push(fallback) });
    runtime.start();
    const runner = await launch();
    expect(await perform(runner, [finish("Done."), { do: "exit", code: 0 }])).toContainEqual(
      expect.objectContaining({ type: "finished" }),
    );
    await runner.dispose();
    await waiting();
    expect(fallbacks).toMatchObject([{ from: "missing", to: "acting runner", exit: { code: 1 }, forMs: 600_000 }]);
    expect(faults).toEqual([]);
  });

  it("is tried again by the next start when a tool may have crashed it", async () => {
    const fallbacks: Fallback[] = [];
    const crash = join(newRoot(), "crash");
    const fragile = join(newRoot(), "fragile.mjs");
    const [acting = ""] = ACTING_RUNNER.arguments;
    writeFileSync(
      fragile,
      `import { existsSync } from "node:fs";
       if (existsSync(${JSON.stringify(crash)})) process.abort();
       await import(${JSON.stringify(acting)});`,
    );
    const programs = [{ name: "fragile", arguments: [fragile] }, ACTING_RUNNER];
    runtime = open({ programs, warm: 0, onFallback: (fallback) => fallbacks.push(fallback) });
    const programOf = ({ pid }: Runner) => readFileSync(`/proc/${pid}/cmdline`, "latin1");
    const first = await launch();
    expect(programOf(first)).toContain(fragile);
    // What a tool of this run does to the next runner.
    writeFileSync(crash, "");
    const second = await launch();
    expect(programOf(second)).toContain(acting);
    rmSync(crash);
    const third = await launch();
    expect(programOf(third)).toContain(fragile);
    expect(fallbacks).toMatchObject([{ from: "fragile", to: "acting runner", exit: { signal: "SIGABRT" }, forMs: 0 }]);
    await Promise.all([first, second, third].map((runner) => runner.dispose()));
  });

  it("is told of once, and by the launch as ever", async () => {
    runtime = open({ programs: [{ name: "missing", arguments: [join(newRoot(), "missing.mjs")] }] });
    runtime.start();
    await expect.poll(() => faults, PATIENCE).toEqual(["No runner can be started ahead"]);
    const error = await launch().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(LaunchError);
    expect(error.exit).toMatchObject({ code: 1, stderrTail: expect.stringContaining("missing.mjs") });
    await runtime.close();
    expect([faults, [...directories()]]).toEqual([["No runner can be started ahead"], []]);
  });
});
