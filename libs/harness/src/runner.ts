/**
 * The program of a runner: a child process that hosts Pi for one attempt. It is started by the runtime with an IPC
 * channel, takes one task, says what happens, and exits.
 */
import { connectWorker } from "./worker-channel.ts";

// Pi would otherwise download programs that its tools want and do not find.
process.env.PI_OFFLINE = "1";

const channel = connectWorker();
const [{ PiHarness }, { serve }] = await Promise.all([import("./pi/pi-harness.ts"), import("./serve.ts")]);
serve(new PiHarness(), channel);
