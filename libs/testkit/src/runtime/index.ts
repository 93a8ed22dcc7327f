export { ACTING_RUNNER, type Action, actOut, finish, perform, taskOf } from "./action.ts";
export { type RunnerScript, ScriptedRunner } from "./scripted-runner.ts";
export { ScriptedRuntime } from "./scripted-runtime.ts";
