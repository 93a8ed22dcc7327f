/**
 * The program of a runner: a child process that hosts Pi for one attempt. It is started by the runtime with an IPC
 * channel, takes one task, says what happens, and exits.
 *
 * It is run as a bundle, or goes on from a startup snapshot that the bundle itself has made. When nobody waits for it
 * yet, it rehearses before it says that it is ready.
 */
import "./http/install.ts";
import { tmpdir } from "node:os";
import { startupSnapshot } from "node:v8";
import { REHEARSE } from "@pifleet/invocation";
import { PiHarness } from "./pi/pi-harness.ts";
import { prepareSnapshot } from "./rehearsal/prepare-snapshot.ts";
import { rehearseOverSocket } from "./rehearsal/rehearse.ts";
import { serve } from "./serve.ts";
import { connectWorker } from "./worker-channel.ts";

async function run(): Promise<void> {
  // Pi would otherwise download programs that its tools want and do not find.
  process.env.PI_OFFLINE = "1";
  const channel = connectWorker();
  // To rehearse takes longer than what it saves a task that is there already.
  if (process.argv.includes(REHEARSE)) await rehearseOverSocket("openai-completions", tmpdir());
  serve(new PiHarness(), channel);
}

if (startupSnapshot.isBuildingSnapshot()) void prepareSnapshot(run);
else void run();
