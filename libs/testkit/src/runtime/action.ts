import { fileURLToPath } from "node:url";
import {
  type HarnessResult,
  NO_USAGE,
  newInvocationId,
  type Runner,
  type RunnerProgram,
  type RunnerRecord,
  type RunnerTask,
} from "@pifleet/invocation";
import type { ScriptedRunner } from "./scripted-runner.ts";

/** What an acting runner is told to do. */
export type Action =
  | { do: "say"; record: { type: string; [field: string]: unknown } }
  | { do: "send_raw"; value: unknown }
  | { do: "write_channel"; text: string }
  | { do: "shell"; command: string }
  | { do: "write_stderr"; text: string }
  | { do: "fill_memory" }
  | { do: "exit"; code: number }
  | { do: "throw"; message: string }
  | { do: "wait" };

/** The acting runner, as a runtime starts it. */
export const ACTING_RUNNER: RunnerProgram = {
  name: "acting runner",
  arguments: [fileURLToPath(new URL("./acting-runner.ts", import.meta.url))],
};

/** Gives the runner its task and reads what it says to its end. */
export async function perform(runner: Runner, actions: readonly Action[]): Promise<RunnerRecord[]> {
  runner.send({ type: "task", task: taskOf(runner, actions) });
  const said: RunnerRecord[] = [];
  for await (const record of runner.records) said.push(record);
  return said;
}

/** Says a result with this output. */
export function finish(output: string): Action {
  const result: HarnessResult = { output, messages: [], usage: { ...NO_USAGE }, failure: null };
  return { do: "say", record: { type: "finished", result } };
}

/** The task that makes an acting runner do these actions. */
export function taskOf(runner: Runner, actions: readonly Action[]): RunnerTask {
  return {
    invocationId: newInvocationId(),
    attempt: 1,
    workspace: runner.workspace,
    environment: { ...runner.toolEnvironment },
    provider: "none",
    model: "none",
    providerPatience: { totalMs: 0, unpaidMs: 0 },
    conversation: [{ role: "user", content: JSON.stringify(actions) }],
    tools: [],
  };
}

/** The script that makes a scripted runner do the actions of its task, as far as they need no process. */
export async function actOut(runner: ScriptedRunner): Promise<void> {
  const { conversation } = await runner.task;
  for (const action of JSON.parse(String(conversation.at(-1)?.content)) as Action[]) {
    if (action.do === "say") runner.say(action.record as Parameters<typeof runner.say>[0]);
    else if (action.do === "exit") runner.exit({ code: action.code });
    else if (action.do === "throw") throw new Error(action.message);
    else if (action.do === "wait") await runner.exited;
    else throw new Error(`A scripted runner cannot ${action.do}`);
  }
}
