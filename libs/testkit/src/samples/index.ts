export { sampleApiKey } from "./api-key.ts";
export { sampleDelivery, sampleTry } from "./delivery.ts";
export { sampleInvocation } from "./invocation.ts";
export { sampleSpan } from "./span.ts";
export { sampleWebhook } from "./webhook.ts";
export { sampleWorker } from "./worker.ts";
