export type { ApartEnd, ApartRun } from "./apart-run.ts";
export { Executor, type ExecutorOptions } from "./executor.ts";
export type { AttemptInfo, ExecutionPorts, TracingPolicy } from "./ports.ts";
export { TraceDelivery, type TraceDeliveryPorts } from "./trace-delivery.ts";
