import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Worker } from "bullmq";
import { programArguments } from "../processes/program-arguments.ts";
import type { BullMqArguments } from "./bullmq-fleet.ts";
import { type PiCommand, piArguments, piEnvironment } from "./pi.ts";

// What is written in an afternoon where Pi Fleet is not known: a BullMQ worker with default settings that spawns
// `pi -p` for each job, in a directory of its own. No events, traces, deadlines, fences or webhooks.
const { queue, connection, prefix, concurrency, pi } = programArguments<BullMqArguments & { pi: PiCommand }>();

async function run(prompt: string): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), "job-"));
  try {
    const child = spawn(process.execPath, piArguments(pi, prompt), {
      cwd,
      env: piEnvironment(pi),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    if (code !== 0) throw new Error(`pi exited with ${code}`);
    return output;
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

const worker = new Worker(queue, (job) => run(job.data.prompt), { connection, prefix, concurrency });
await worker.waitUntilReady();
process.send?.("ready");
