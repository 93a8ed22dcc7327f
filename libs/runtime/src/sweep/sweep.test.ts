import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { newInvocationId, type Runner, type Runtime } from "@pifleet/invocation";
import { ACTING_RUNNER } from "@pifleet/testkit/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownIdentity } from "../ownership/worker-identity.ts";
import { createProcessRuntime } from "../process-runtime.ts";
import { type Containment, controlGroupParent } from "../processes/containment.ts";
import { newRun, runOf, temporaryName, workspaceName } from "../run-name.ts";
import { CONTAINMENTS } from "../testing/containments.ts";
import { isAlive } from "../testing/life.ts";
import { newRoots } from "../testing/roots.ts";
import { WorkerProcess } from "../testing/worker-process.ts";

const ESCAPED = `(setsid sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' &) ; sleep 300`;
const OLD = new Date(Date.now() - 3_600_000);
const NONE = { runners: 0, workspaces: 0 };
const newRoot = newRoots();

let root: string;
let runtime: Runtime;
let workers: WorkerProcess[];
const faults: Error[] = [];

function open(containment: Containment = "auto"): Runtime {
  const onFault = (error: Error) => faults.push(error);
  return createProcessRuntime({ workspaces: root, programs: [ACTING_RUNNER], containment, onFault });
}

async function startWorker(containment: Containment): Promise<WorkerProcess> {
  const worker = await WorkerProcess.start(root, containment, ESCAPED);
  workers.push(worker);
  return worker;
}

const launch = (): Promise<Runner> => runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });

beforeEach(() => {
  root = newRoot();
  workers = [];
  runtime = open();
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await runtime.sweep();
  await runtime.close();
  expect(faults.splice(0)).toEqual([]);
});

/** All that stands in the directory of the workspaces for runs. */
function traces(): string[] {
  const own = readdirSync(root).filter((name) => name !== ".runs");
  return [...own, ...readdirSync(join(root, ".runs"))];
}

describe.each(CONTAINMENTS)("the sweep, with the containment %s", (containment) => {
  beforeEach(async () => {
    await runtime.close();
    runtime = open(containment);
  });

  it("ends a suspended runner of a worker that was killed, with what has left its session", async () => {
    const { run, ...worker } = await startWorker(containment);
    await workers[0]?.suspend();
    await workers[0]?.kill();
    expect([worker, isAlive(run.runner), isAlive(run.tool)]).toEqual([expect.anything(), true, true]);
    expect(await runtime.sweep()).toEqual({ runners: 1, workspaces: 1 });
    expect([isAlive(run.runner), isAlive(run.tool), ...traces()]).toEqual([false, false]);
    expect(groupsOf(run.workspace)).toEqual([]);
    expect(await runtime.sweep()).toEqual(NONE);
  });

  it("leaves the runs of workers alone that live, be it in this process or in another", async () => {
    const { run } = await startWorker(containment);
    const runner = await launch();
    expect(await runtime.sweep()).toEqual(NONE);
    expect([run.runner, run.tool, runner.pid].map(isAlive)).toEqual([true, true, true]);
    expect([run.workspace, runner.workspace].map(existsSync)).toEqual([true, true]);
    await runner.dispose();
  });

  it("can be done by several workers at once, and counts each run once", async () => {
    const other = open(containment);
    const [one, two] = await Promise.all([startWorker(containment), startWorker(containment)]);
    await Promise.all([one.suspend(), two.suspend()]);
    await Promise.all([one.kill(), two.kill()]);
    const [mine, others] = await Promise.all([runtime.sweep(), other.sweep()]);
    expect(mine.workspaces + others.workspaces).toBe(2);
    expect([one.run.tool, two.run.tool].map(isAlive)).toEqual([false, false]);
    expect(traces()).toEqual([]);
    await other.close();
  });

  it("has nothing to do after a worker that exited at once: it has taken everything with it", async () => {
    const worker = await startWorker(containment);
    await worker.exit();
    // They were killed before the worker ended; the kernel takes a moment to carry that out.
    const alive = () => [isAlive(worker.run.runner), isAlive(worker.run.tool)];
    await expect.poll(alive, { timeout: 10_000 }).toEqual([false, false]);
    expect(traces()).toEqual([]);
    await expect.poll(() => groupsOf(worker.run.workspace), { timeout: 10_000 }).toEqual([]);
    expect(await runtime.sweep()).toEqual(NONE);
  });
});

/** The control group of a run, while there is one. */
function groupsOf(workspace: string): string[] {
  const parent = controlGroupParent("auto");
  return parent === undefined
    ? []
    : readdirSync(parent).filter((name) => name.includes(runOf(basename(workspace)) ?? "none"));
}

describe("whose run it is", () => {
  /** Launches a run, and says in its record that another worker owns it. */
  async function owned(owner: Record<string, unknown>): Promise<Runner> {
    const runner = await launch();
    const path = join(root, ".runs", `${runOf(basename(runner.workspace))}.json`);
    const record = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...record, owner: { ...record.owner, ...owner } }));
    return runner;
  }

  it("is told by more than a pid: a process that bears a dead worker's number is not the worker", async () => {
    const runner = await owned({ startTicks: (ownIdentity()?.startTicks ?? 0) - 1 });
    expect(await runtime.sweep()).toEqual({ runners: 1, workspaces: 1 });
    expect((await runner.exited).signal).toBe("SIGKILL");
  });

  it("cannot be told of a worker in another PID namespace or on another host, so it is left alone", async () => {
    const elsewhere = [await owned({ pidNamespace: "pid:[1]", pid: 1 }), await owned({ host: "elsewhere", pid: 1 })];
    expect(await runtime.sweep()).toEqual(NONE);
    expect(elsewhere.map(({ pid }) => isAlive(pid))).toEqual([true, true]);
    await Promise.all(elsewhere.map((runner) => runner.dispose()));
  });

  it("does not matter after a reboot: no process is killed, and what is left is removed", async () => {
    const runner = await owned({ bootId: "another boot" });
    // The group stands for one that is gone with the boot.
    const path = join(root, ".runs", `${runOf(basename(runner.workspace))}.json`);
    const { group: _group, ...record } = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify(record));
    expect(await runtime.sweep()).toEqual({ runners: 0, workspaces: 1 });
    expect([isAlive(runner.pid), existsSync(runner.workspace)]).toEqual([true, false]);
    await runner.dispose();
  });
});

describe("what has no record", () => {
  beforeEach(() => {
    mkdirSync(join(root, ".runs"));
  });

  function made(name: string, at?: Date): string {
    mkdirSync(join(root, name));
    if (at) utimesSync(join(root, name), at, at);
    return name;
  }
  const workspace = (run = newRun()) => workspaceName(run, newInvocationId(), 1);

  it("is removed when it has been there for a while, unless it may just be in the making", async () => {
    made(workspace(), OLD);
    made(temporaryName(newRun()), OLD);
    const young = made(workspace());
    expect(await runtime.sweep()).toEqual({ runners: 0, workspaces: 1 });
    expect(traces()).toEqual([young]);
  });

  it("is left alone when it does not bear the name of a run", async () => {
    const others = [made(".hidden", OLD), made("inv_of-somebody-else", OLD), made("src", OLD)];
    expect(await runtime.sweep()).toEqual(NONE);
    expect(traces().sort()).toEqual(others.sort());
  });

  it.each(["", "{}", '{"owner":{"pid":1},"marker":"PATH=/bin"}'])("is what has the record %j", async (text) => {
    const run = newRun();
    made(workspace(run), OLD);
    const path = join(root, ".runs", `${run}.json`);
    writeFileSync(path, text);
    expect(await runtime.sweep()).toEqual(NONE);
    utimesSync(path, OLD, OLD);
    expect(await runtime.sweep()).toEqual({ runners: 0, workspaces: 1 });
    expect(traces()).toEqual([]);
  });
});
