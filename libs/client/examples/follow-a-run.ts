// Shows what a run says and does while it does it. A lost connection is made again by itself, with no event missing and
// none repeated. A program that was stopped goes on where it was when it is given the last id that it has printed.
//   node follow-a-run.ts inv_01K… [1795183206981-0]
import { createClient } from "@pifleet/client";

const { PIFLEET_URL = "http://127.0.0.1:8787", PIFLEET_API_KEY } = process.env;
const client = createClient({ url: PIFLEET_URL, apiKey: PIFLEET_API_KEY });

const [, , id = "", after] = process.argv;
const onReconnect = () => console.error("connection lost, resuming");

for await (const event of client.invocations.stream(id, { after, onReconnect })) {
  switch (event.type) {
    case "message.completed":
      console.log(`${event.id} says ${JSON.stringify(event.text)} in ${event.usage.outputTokens} tokens`);
      break;
    case "tool.started":
      console.log(`${event.id} calls ${event.name}`);
      break;
    default:
      console.log(`${event.id} ${event.type}`);
  }
}
