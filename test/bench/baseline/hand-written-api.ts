import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { Queue } from "bullmq";
import { programArguments } from "../processes/program-arguments.ts";
import type { BullMqArguments } from "./bullmq-fleet.ts";

// The HTTP API that is written in an afternoon: what is posted is added to a queue. It asks for no key, checks nothing,
// records nothing, and takes the same submission twice.
const { queue: name, connection, prefix } = programArguments<BullMqArguments>();
const queue = new Queue(name, { connection, prefix });
await queue.waitUntilReady();
const server = createServer(async (request, response) => {
  const job = await queue.add("run", await json(request));
  const answer = JSON.stringify({ id: job.id });
  response.writeHead(202, { "content-type": "application/json", "content-length": answer.length }).end(answer);
}).listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
