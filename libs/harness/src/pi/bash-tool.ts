import { createBashToolDefinition, type ToolDefinition } from "@earendil-works/pi-coding-agent";
import type { HarnessRecord, RunnerTask } from "@pifleet/invocation";
import { now } from "../clock.ts";
import { shellOperations } from "./shell.ts";
import type { ToolExits } from "./tool-exits.ts";
import { LiveOutput } from "./tool-output.ts";

const NAME = "bash";

/** Pi's bash tool, in the task's environment alone, with its output shown live and its exit code kept. */
export function bashTool(task: RunnerTask, exits: ToolExits, emit: (record: HarnessRecord) => void): ToolDefinition {
  const shell = shellOperations(task.environment);
  const pisOwn = (callId: string) => {
    const live = new LiveOutput((text) => emit({ type: "tool.output", at: now(), callId, name: NAME, text }));
    return createBashToolDefinition(task.workspace, {
      exposeSessionEnvironment: false,
      operations: {
        async exec(command, cwd, options) {
          const onData = (data: Buffer) => {
            live.push(data);
            options.onData(data);
          };
          const ended = await shell.exec(command, cwd, { ...options, onData });
          if (ended.exitCode !== null) exits.set(callId, ended.exitCode);
          return ended;
        },
      },
    });
  };
  const definition = pisOwn("");
  const execute: typeof definition.execute = (callId, ...rest) => pisOwn(callId).execute(callId, ...rest);
  return { ...definition, execute } as ToolDefinition;
}
