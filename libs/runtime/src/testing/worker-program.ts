/** A worker as a process of its own, for tests: launches a runner, has it run a command, and does as it is told. */
import { newInvocationId } from "@pifleet/invocation";
import { actingRunnerEntry, taskOf } from "@pifleet/testkit/runtime";
import { createProcessRuntime } from "../process-runtime.ts";
import type { WorkerOrder, WorkerRun } from "./worker-process.ts";

const [workspaces = "", containment, command = ""] = process.argv.slice(2);
const runtime = createProcessRuntime({
  workspaces,
  runnerEntry: actingRunnerEntry,
  containment: containment === "portable" ? "portable" : "auto",
});
const runner = await runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
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
