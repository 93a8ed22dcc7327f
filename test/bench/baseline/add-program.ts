import { Queue } from "bullmq";
import { inFlight, type Load } from "../processes/load.ts";
import { programArguments } from "../processes/program-arguments.ts";
import type { BullMqArguments } from "./bullmq-fleet.ts";

// A client that adds jobs to a queue as fast as it can.
const { queue: name, connection, prefix, data } = programArguments<BullMqArguments & { data: unknown }>();
const queue = new Queue(name, { connection, prefix });
await queue.waitUntilReady();
process.on("message", async (load: Load) => {
  process.send?.(await inFlight(load, () => queue.add("run", data)));
});
process.send?.("ready");
