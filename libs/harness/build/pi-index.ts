import { join } from "node:path";

/** What the harness uses of Pi's SDK, and the module of Pi that defines it. */
const USED: Readonly<Record<string, string>> = {
  createAgentSession: "core/sdk.js",
  createBashToolDefinition: "core/tools/bash.js",
  createExtensionRuntime: "core/extensions/loader.js",
  ModelRuntime: "core/model-runtime.js",
  SessionManager: "core/session-manager.js",
  SettingsManager: "core/settings-manager.js",
};

/** The text of a module that stands in for the index of Pi's SDK. @param pi the directory of its modules */
export function piIndexModule(pi: string): string {
  return Object.entries(USED)
    .map(([name, module]) => `export { ${name} } from ${JSON.stringify(join(pi, module))};`)
    .join("\n");
}
