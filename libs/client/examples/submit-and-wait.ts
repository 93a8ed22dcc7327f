// Submits an invocation, waits until it has ended however long that takes, and prints what it said.
//   node submit-and-wait.ts "Say hello"
import { createClient } from "@pifleet/client";

const { PIFLEET_URL = "http://127.0.0.1:8787", PIFLEET_API_KEY } = process.env;
const client = createClient({ url: PIFLEET_URL, apiKey: PIFLEET_API_KEY });

const [, , input = "Say hello"] = process.argv;
const record = await client.invocations.run({ model: "demo/scripted", input });

if (record.status === "succeeded") {
  console.log(record.output);
} else {
  console.error(`${record.status}: ${record.error?.message}`);
  process.exitCode = 1;
}
