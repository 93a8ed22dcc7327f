export { Executor, type ExecutorOptions } from "./executor.ts";
export type { ExecutionPorts } from "./ports.ts";
