// Submits many invocations at once and waits for all of them. Each is taken or refused by itself. The idempotency key
// makes it safe to run this again, after a crash for instance: what was taken is not submitted twice.
//   node submit-a-batch.ts nightly-2031-05-01 "First task" "Second task"
import { createClient } from "@pifleet/client";

const { PIFLEET_URL = "http://127.0.0.1:8787", PIFLEET_API_KEY } = process.env;
const client = createClient({ url: PIFLEET_URL, apiKey: PIFLEET_API_KEY });

const [, , idempotencyKey, ...inputs] = process.argv;
const submissions = inputs.map((input) => ({ model: "demo/scripted", input }));
const items = await client.invocations.createMany(submissions, { idempotencyKey });

for (const [i, item] of items.entries()) {
  if ("id" in item) {
    const { id, status } = await client.invocations.wait(item.id);
    console.log(`${inputs[i]}: ${id} ${status}`);
  } else {
    console.log(`${inputs[i]}: refused, ${item.detail}`);
  }
}
