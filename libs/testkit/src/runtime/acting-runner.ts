/**
 * A runner's program without an agent: it does what its task tells it to, so that a runtime can be tested with real
 * processes. The task's last message holds the actions, as JSON.
 */
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import type { RunnerCommand } from "@pifleet/invocation";
import type { Action } from "./action.ts";

/** The file descriptor of the channel to the worker; Node takes the variable away once it has opened it. */
const CHANNEL = 3;

const send = (record: unknown) => process.send?.(record);
const now = () => performance.timeOrigin + performance.now();

async function act(action: Action): Promise<void> {
  switch (action.do) {
    case "say":
      send({ ...action.record, at: now() });
      break;
    case "send_raw":
      send(action.value);
      break;
    case "write_channel":
      writeSync(CHANNEL, action.text);
      break;
    case "shell":
      await shell(action.command);
      break;
    case "write_stderr":
      await new Promise((resolve) => process.stderr.write(action.text, resolve));
      break;
    case "fill_memory":
      fillMemory();
      break;
    case "exit":
      await new Promise((resolve) =>
        process.send?.({ type: "log", at: now(), level: "info", message: "bye" }, resolve),
      );
      process.exit(action.code);
      break;
    case "throw":
      throw new Error(action.message);
    case "wait":
      await new Promise((resolve) => setInterval(resolve, 1 << 30));
  }
}

/** Runs a command as a tool would, and says what it wrote. */
async function shell(command: string): Promise<void> {
  const child = spawn("sh", ["-c", command], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (message: string) => send({ type: "log", at: now(), level: "info", message }));
  await new Promise((resolve) => child.once("exit", resolve));
}

function fillMemory(): void {
  const kept: unknown[] = [];
  for (;;) kept.push(new Array(100_000).fill({}));
}

let environment: Record<string, string> = {};

process.on("message", async (command: RunnerCommand) => {
  if (command.type !== "task") return;
  environment = command.task.environment;
  process.chdir(command.task.workspace);
  const content = command.task.conversation.at(-1)?.content;
  for (const action of JSON.parse(String(content)) as Action[]) await act(action);
});
process.once("disconnect", () => process.exit(1));
send({ type: "ready", at: now() });
