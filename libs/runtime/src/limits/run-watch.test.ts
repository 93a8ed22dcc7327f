import { LaunchError, newInvocationId, type Runner, type Runtime } from "@pifleet/invocation";
import { ACTING_RUNNER, finish, taskOf } from "@pifleet/testkit/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createProcessRuntime } from "../process-runtime.ts";
import { CONTAINMENTS } from "../testing/containments.ts";
import { isAlive } from "../testing/life.ts";
import { newRoots } from "../testing/roots.ts";
import type { RunLimits } from "./run-limits.ts";

const newRoot = newRoots();
let runtime: Runtime;
let faults: string[];

afterEach(async () => {
  await runtime.close();
  expect(faults).toEqual([]);
});

describe.each(CONTAINMENTS)("a run with limits, with the containment %s", (containment) => {
  function open(limits: RunLimits): void {
    faults = [];
    const onFault = ({ message }: Error) => faults.push(message);
    runtime = createProcessRuntime({ workspaces: newRoot(), programs: [ACTING_RUNNER], containment, limits, onFault });
  }

  const launch = () => runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });

  /** Has a runner run a command, which prints a pid. */
  function shell(runner: Runner, command: string): void {
    runner.send({ type: "task", task: taskOf(runner, [{ do: "shell", command }, { do: "wait" }]) });
  }

  it("is ended with all its processes, those that left its session too, and tells why", async () => {
    open({ processes: 20 });
    const bystander = await launch();
    const runner = await launch();
    shell(runner, "for i in $(seq 30); do (setsid sleep 60 &); done; sleep 60");
    const exit = await runner.exited;
    expect(exit).toMatchObject({ signal: "SIGKILL", outOfMemory: false });
    expect(exit.excess).toBe("had more than 20 processes at once (PIFLEET_RUN_PROCESSES)");
    await runner.dispose();
    expect(isAlive(bystander.pid)).toBe(true);
    await bystander.dispose();
  });

  it("is left alone below them", async () => {
    open({ processes: 20, memoryBytes: 1_000_000_000, diskBytes: 1_000_000 });
    const runner = await launch();
    const actions = [
      { do: "shell", command: "sleep 1; echo x > file" } as const,
      finish("done"),
      { do: "exit", code: 0 } as const,
    ];
    runner.send({ type: "task", task: taskOf(runner, actions) });
    const exit = await runner.exited;
    expect(exit).toMatchObject({ code: 0 });
    expect(exit).not.toHaveProperty("excess");
    await runner.dispose();
  });
});

it("a directory of the workspaces that is not ours keeps every launch from succeeding, with the reason", async () => {
  faults = [];
  runtime = createProcessRuntime({ workspaces: "/proc/self/cwd", programs: [ACTING_RUNNER] });
  const error = await runtime
    .launch({ invocationId: newInvocationId(), attempt: 1, files: [] })
    .catch((thrown) => thrown);
  expect(error).toBeInstanceOf(LaunchError);
  expect(error.message).toContain("is a symbolic link");
});
