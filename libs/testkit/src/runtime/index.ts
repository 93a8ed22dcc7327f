export { type Action, actingRunnerEntry, actOut, finish, perform, taskOf } from "./action.ts";
export { type RunnerScript, ScriptedRunner } from "./scripted-runner.ts";
export { ScriptedRuntime } from "./scripted-runtime.ts";
