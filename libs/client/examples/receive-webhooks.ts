// Receives webhooks, and trusts only those that are signed with the secret. What this program has seen already comes
// again when its answer was lost, under the same id.
//   WEBHOOK_SECRET=whsec_… node receive-webhooks.ts
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { verifyWebhook, WebhookVerificationError } from "@pifleet/client";

const { WEBHOOK_SECRET = "", PORT = "0" } = process.env;
const seen = new Set<string>();

const server = createServer(async (request, response) => {
  try {
    // The bytes as they came: a body that was parsed and written again has another signature.
    const event = await verifyWebhook(await buffer(request), request.headers, WEBHOOK_SECRET);
    if (!seen.has(event.id)) console.log(`${event.type} ${event.data.id}`);
    seen.add(event.id);
    response.writeHead(204).end();
  } catch (error) {
    const isForged = error instanceof WebhookVerificationError;
    console.error(isForged ? `refused: ${error.code}` : error);
    response.writeHead(isForged ? 400 : 500).end();
  }
});
server.listen(Number(PORT), "127.0.0.1", () => {
  console.log(`listening at http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
process.once("SIGTERM", () => server.close());
