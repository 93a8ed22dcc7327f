import { setTimeout } from "node:timers/promises";
import { cutAfter, hang, type Reply, stallAfter, status } from "@pifleet/testkit/model-server";
import { answer } from "../agent.ts";
import type { Fault } from "./fault.ts";

const LONGEST_MS = 4_000;
const SHARE = 0.5;

/** For a while, some of the model's answers are of this kind. */
function bad(name: string, reply: () => Reply): Fault {
  return {
    name,
    weight: 1,
    async strike({ arena, random }) {
      arena.models.otherwise((request) => (random.chance(SHARE) ? reply() : answer(request)));
      await setTimeout(random.between(1_000, LONGEST_MS));
      arena.models.otherwise(answer);
      return true;
    },
  };
}

export const modelFaults: readonly Fault[] = [
  bad("model answers 429", () => status(429, { error: { message: "Slow down" } }, { "retry-after": "1" })),
  bad("model answers 500", () => status(500, { error: { message: "The server had an error" } })),
  bad("model stalls in the middle", () => stallAfter(3, "This sentence has a beginning but no end.")),
  bad("model cuts the connection", () => cutAfter(3, "This sentence has a beginning but no end.")),
  bad("model never answers", () => hang()),
];
