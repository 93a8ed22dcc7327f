import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelAccess, runnerPrograms } from "@pifleet/harness";
import { newInvocationId, type RunnerRecord, type RunnerTask } from "@pifleet/invocation";
import { promptFor, type Task } from "../agent.ts";
import type { ModelProcess } from "../processes/model-process.ts";
import { RECORDS_VARIABLE } from "./variable.ts";

/**
 * What a real runner said on a run, for a program that says it again and takes next to no CPU. With it, many runs at
 * once show what a worker does for them, which would drown in what the real runners do.
 */
export interface Recording {
  /** What makes a worker replay it, in the worker's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The argument of Node that makes a worker use a recording. */
export const REPLAYING = `--import=${import.meta.resolve("./register.ts")}`;

/** Makes a run with the real runner, apart from any fleet. */
export async function recordRun(task: Task, models: ModelProcess): Promise<Recording> {
  const directory = await mkdtemp(join(tmpdir(), "recording-"));
  const records = await recordsOf(taskIn(directory, task, models), directory);
  if (records.at(-1)?.type !== "finished") throw new Error("The run that was to be recorded did not finish");
  const path = join(directory, "records.ndjson");
  await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return { environment: { [RECORDS_VARIABLE]: path } };
}

async function recordsOf(task: RunnerTask, cwd: string): Promise<RunnerRecord[]> {
  const records: RunnerRecord[] = [];
  const { PATH } = process.env;
  const runner = spawn(process.execPath, runnerPrograms[0]?.arguments ?? [], {
    cwd,
    env: { HOME: cwd, TMPDIR: cwd, ...(PATH && { PATH }) },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  runner.on("message", (record) => records.push(record as RunnerRecord));
  runner.send({ type: "task", task });
  await once(runner, "exit");
  return records;
}

function taskIn(workspace: string, task: Task, models: ModelProcess): RunnerTask {
  const access = modelAccess({ model: "fake/test", environment: {}, modelsFile: models.modelsFile() });
  if (access.kind === "failure") throw new Error(access.failure.message);
  const { kind: _kind, ...reach } = access;
  return {
    invocationId: newInvocationId(),
    attempt: 1,
    providerPatience: { totalMs: 0, unpaidMs: 0 },
    workspace,
    environment: { PATH: process.env.PATH ?? "", HOME: workspace, TMPDIR: workspace },
    conversation: [{ role: "user", content: promptFor(task) }],
    tools: ["read", "bash", "edit", "write"],
    trace: { traceId: "0af7651916cd43dd8448eb211c80319c", sampled: true },
    ...reach,
  };
}
