import { type DeliveryTry, newInvocationId, newUlid, type StoredDelivery } from "@pifleet/invocation";

/** A delivery of tenant `default` that has not been tried, with what the test wants to be different. */
export function sampleDelivery(different: Partial<StoredDelivery> = {}): StoredDelivery {
  const at = new Date().toISOString();
  const invocation = different.invocation ?? newInvocationId();
  return {
    id: `dlv_${newUlid()}`,
    messageId: `msg_${newUlid()}`,
    webhook: null,
    invocation,
    type: "invocation.succeeded",
    url: "https://receiver.example/hook",
    status: "pending",
    tries: [],
    tryCount: 0,
    nextTryAt: at,
    createdAt: at,
    deliveredAt: null,
    tenant: "default",
    body: JSON.stringify({ type: "invocation.succeeded", timestamp: at, data: { id: invocation } }),
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ...different,
  };
}

/** A try that got this answer; by its number, no two are alike. */
export function sampleTry(status: number, number = 1): DeliveryTry {
  return { at: new Date(number).toISOString(), durationMs: 12.5, status, error: null, response: `answer ${number} ä` };
}
