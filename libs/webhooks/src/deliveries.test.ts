import type { Invocation, StoredWebhook } from "@pifleet/invocation";
import { DeliveryId } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { expect, it } from "vitest";
import { deliveriesOf } from "./deliveries.ts";
import { SECRET, TRACEPARENT } from "./testing/delivery-stage.ts";

const URL_OF_OWN = "https://hooks.example.com/own";
const webhooks = ["01", "02"].map(
  (end) => ({ id: `whk_${"0".repeat(24)}${end}`, url: "https://x.example/", enabled: true, events: [] }) as never,
) as StoredWebhook[];

function ended(fields: Partial<Invocation> = {}): Invocation {
  const webhook = { url: URL_OF_OWN, secret: SECRET, events: ["invocation.failed" as const] };
  return sampleInvocation({ webhook }, { status: "failed", carrier: { traceparent: TRACEPARENT }, ...fields });
}

it("an ended invocation makes one delivery for each webhook, all with one body and ids of their own", () => {
  const deliveries = deliveriesOf(ended(), webhooks, 0);
  expect(deliveries.map(({ webhook }) => webhook)).toEqual([...webhooks.map(({ id }) => id), null]);
  expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
  expect(new Set(deliveries.flatMap(({ id, messageId }) => [id, messageId])).size).toBe(6);
  expect(deliveries.every(({ id }) => DeliveryId.safeParse(id).success)).toBe(true);
  expect(deliveries[2]).toMatchObject({
    type: "invocation.failed",
    url: URL_OF_OWN,
    status: "pending",
    createdAt: "1970-01-01T00:00:00.000Z",
    traceparent: TRACEPARENT,
  });
  expect(JSON.stringify(deliveries)).not.toContain(SECRET);
});

it("a message has the same id whenever it is made, and no two messages have one", () => {
  const invocation = ended();
  const ids = deliveriesOf(invocation, webhooks, 0).map(({ messageId }) => messageId);
  expect(deliveriesOf(invocation, webhooks, 1_000_000).map(({ messageId }) => messageId)).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^msg_[0-9A-HJKMNP-TV-Z]{26}$/);
  const others = [ended(), { ...invocation, status: "succeeded" as const }].flatMap((one) =>
    deliveriesOf(one, webhooks),
  );
  expect(new Set([...ids, ...others.map(({ messageId }) => messageId)]).size).toBe(ids.length + others.length);
});

it("an invocation's own webhook is told of the events that it names, and of no other", () => {
  expect(deliveriesOf(ended({ status: "succeeded" }), [])).toEqual([]);
  expect(deliveriesOf(ended(), [])).toHaveLength(1);
});

it("an invocation that has not ended makes none", () => {
  expect(deliveriesOf(ended({ status: "running" }), webhooks)).toEqual([]);
});
