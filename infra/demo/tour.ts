import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { styleText } from "node:util";
import { execa } from "execa";
import { DemoFailure } from "./failure.ts";
import type { Fleet } from "./fleet.ts";

/** The file that starts the programs. */
export const LAUNCHER = "apps/cli/bin/pifleet.mjs";

const PROMPT = "Greet whoever reads this, and show that you really work here.";
const TRACE_MS = 10_000;
const POLL_MS = 50;

/** Submits an invocation with the command line, watches it, and shows its record and its trace. */
export async function tour(fleet: Fleet, signal: AbortSignal): Promise<void> {
  const traceparent = `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;
  const id = await submit(fleet, ["--model", "demo/scripted", "--traceparent", traceparent, PROMPT], signal);
  await pifleet(fleet, ["watch", id], { stdout: "inherit", signal });
  await untilTraced(fleet, id);
  await pifleet(fleet, ["get", id], { stdout: "inherit", signal });
  await pifleet(fleet, ["trace", id], { stdout: "inherit", signal });
}

async function submit(fleet: Fleet, args: string[], signal: AbortSignal): Promise<string> {
  const stdout = await pifleet(fleet, ["submit", ...args], { stdout: "pipe", signal });
  process.stdout.write(`${stdout}\n`);
  return stdout;
}

/** Runs the command line before the user's eyes, as they would run it themselves; returns its output if it is piped. */
async function pifleet(
  { url, apiKey, failed }: Fleet,
  args: string[],
  { stdout, signal }: { stdout: "inherit" | "pipe"; signal: AbortSignal },
): Promise<string> {
  const line = `$ pifleet ${args.map(quote).join(" ")}`;
  process.stderr.write(`\n${styleText("bold", line, { stream: process.stderr })}\n`);
  const command = execa(process.execPath, ["--disable-sigusr1", LAUNCHER, ...args], {
    env: { PIFLEET_URL: url, PIFLEET_API_KEY: apiKey },
    stdin: "ignore",
    stdout,
    stderr: "inherit",
    reject: false,
    cancelSignal: signal,
  });
  const result = await Promise.race([failed, command]);
  signal.throwIfAborted();
  if (result.exitCode !== 0) throw new DemoFailure(`pifleet ${args[0]} ended with exit code ${result.exitCode}.`);
  return result.stdout ?? "";
}

function quote(arg: string): string {
  return /^[\w./-]+$/.test(arg) ? arg : JSON.stringify(arg);
}

/** The spans are complete a moment after the invocation has ended. */
async function untilTraced({ client }: Fleet, id: string): Promise<void> {
  const deadline = performance.now() + TRACE_MS;
  while ((await client.invocations.get(id)).trace.export.status === "pending") {
    if (performance.now() > deadline) throw new DemoFailure("The spans of the invocation did not arrive.");
    await setTimeout(POLL_MS);
  }
}
