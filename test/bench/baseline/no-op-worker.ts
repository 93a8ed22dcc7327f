import { Worker } from "bullmq";
import { now } from "../clock.ts";
import { programArguments } from "../processes/program-arguments.ts";
import type { BullMqArguments } from "./bullmq-fleet.ts";

// A worker whose jobs do nothing: what the queue itself takes.
const { queue, connection, prefix, concurrency, told } = programArguments<BullMqArguments & { told: boolean }>();

const worker = new Worker(
  queue,
  async () => {
    if (told) process.send?.(now());
  },
  { connection, prefix, concurrency },
);
await worker.waitUntilReady();
process.send?.("ready");
