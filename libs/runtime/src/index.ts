export type { RunLimits } from "./limits/run-limits.ts";
export { createProcessRuntime, type ProcessRuntimeOptions } from "./process-runtime.ts";
export { openWorkspacesDirectory } from "./workspaces-directory.ts";
