/**
 * A worker as a process of its own, for tests: launches a runner, has it run a command, and does as it is told. It tells
 * of the run when all its other runners wait.
 */
import { setTimeout } from "node:timers/promises";
import { newInvocationId } from "@pifleet/invocation";
import { ACTING_RUNNER, taskOf } from "@pifleet/testkit/runtime";
import { createProcessRuntime } from "../process-runtime.ts";
import type { WorkerOrder, WorkerRun } from "./worker-process.ts";

const LOOK_MS = 5;
const [workspaces = "", containment, command = "", warm] = process.argv.slice(2);
const runtime = createProcessRuntime({
  workspaces,
  programs: [ACTING_RUNNER],
  warm: Number(warm),
  containment: containment === "portable" ? "portable" : "auto",
});
const runner = await runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
runtime.start();
while (runtime.warm < Number(warm)) await setTimeout(LOOK_MS);
runner.send({ type: "task", task: taskOf(runner, [{ do: "shell", command }, { do: "wait" }]) });

process.on("message", async (order: WorkerOrder) => {
  if (order === "exit") process.exit(0);
  await runner.suspend();
  process.send?.("suspended");
});
process.once("disconnect", () => process.exit(0));

for await (const record of runner.records) {
  if (record.type !== "log") continue;
  const run: WorkerRun = { runner: runner.pid, tool: Number(record.message), workspace: runner.workspace };
  process.send?.(run);
}
