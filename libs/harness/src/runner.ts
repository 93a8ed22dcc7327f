/**
 * The program of a runner: a child process that hosts Pi for one attempt. It is started by the runtime with an IPC
 * channel, takes one task, says what happens, and exits.
 *
 * It is run as a bundle, or goes on from a startup snapshot that the bundle itself has made. When nobody waits for it
 * yet, it rehearses before it says that it is ready.
 */
import "./http/install.ts";
import { writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { startupSnapshot } from "node:v8";
import { REHEARSE } from "@pifleet/invocation";
import { PiHarness } from "./pi/pi-harness.ts";
import { prepareSnapshot } from "./rehearsal/prepare-snapshot.ts";
import { rehearseOverSocket } from "./rehearsal/rehearse.ts";
import { serve } from "./serve.ts";
import { connectWorker } from "./worker-channel.ts";

const MAX_STACK_CHARS = 16_384;

/** Node would print the line of the program that has failed, which is all of the bundle. */
function endWithStack(error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeSync(process.stderr.fd, `${stack.slice(0, MAX_STACK_CHARS)}\n`);
  process.exit(1);
}

async function run(): Promise<void> {
  process.on("uncaughtException", endWithStack);
  // Pi would otherwise download programs that its tools want and do not find.
  process.env.PI_OFFLINE = "1";
  const channel = connectWorker();
  // To rehearse takes longer than what it saves a task that is there already.
  if (process.argv.includes(REHEARSE)) await rehearseOverSocket("openai-completions", tmpdir());
  serve(new PiHarness(), channel);
}

if (startupSnapshot.isBuildingSnapshot()) void prepareSnapshot(run);
else void run();
