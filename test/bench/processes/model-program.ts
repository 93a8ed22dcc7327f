import { startModelServer } from "@pifleet/testkit/model-server";
import { answer } from "../agent.ts";
import { now } from "../clock.ts";
import { programArguments } from "./program-arguments.ts";

// A fake model in a process of its own, which answers at once: what it takes is nobody's cost.
programArguments();
const server = await startModelServer();
server.otherwise(answer);
process.send?.(server.modelsFile());
for (let count = 1; ; count += 1) {
  await server.requested(count);
  process.send?.(now());
}
