export { type Action, actingRunnerEntry, actOut, finish, perform, taskOf } from "./action.ts";
export { ScriptedRunner } from "./scripted-runner.ts";
export { type RunnerScript, ScriptedRuntime } from "./scripted-runtime.ts";
