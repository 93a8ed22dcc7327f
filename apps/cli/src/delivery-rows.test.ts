import type { DeliveryWithBody } from "@pifleet/client";
import { InvocationId } from "@pifleet/invocation";
import { expect, test } from "vitest";
import { deliveryRows, formatDelivery } from "./delivery-rows.ts";

const AT = "2030-01-02T03:04:05.000Z";
const nowMs = Date.parse(AT);
const delivery: DeliveryWithBody = {
  id: "dlv_1",
  messageId: "msg_1",
  webhook: null,
  invocation: InvocationId.parse("inv_01JZZZZZZZZZZZZZZZZZZZZZZZ"),
  type: "invocation.succeeded",
  url: "https://example.com/hook",
  status: "pending",
  tries: [
    { at: AT, durationMs: 12, status: 503, error: "answered 503", response: "try\u001b[2J later" },
    { at: AT, durationMs: 10_000, status: null, error: "no answer in time", response: "" },
  ],
  tryCount: 2,
  nextTryAt: "2030-01-02T03:09:05.000Z",
  createdAt: AT,
  deliveredAt: null,
  body: '{"type":"invocation.succeeded"}',
};

test("a row says what came of the last try, and when the next one is", () => {
  const [row] = deliveryRows([delivery], { headings: false, nowMs });
  expect(row?.slice(4, 7)).toEqual(["2", "no answer in time", "in 5 min 00 s"]);
});

test("what is due is tried now, and what is over has no next try", () => {
  const next = (changes: Partial<DeliveryWithBody>) =>
    deliveryRows([{ ...delivery, ...changes }], { headings: false, nowMs })[0]?.[6];
  expect(next({ nextTryAt: AT })).toBe("now");
  expect(next({ nextTryAt: null, status: "dead" })).toBe("-");
});

test("a delivery shows its tries and what is sent, and nothing that a terminal obeys", () => {
  expect(`\n${formatDelivery(delivery, nowMs)}`).toBe(`
dlv_1
status      pending
type        invocation.succeeded
invocation  inv_01JZZZZZZZZZZZZZZZZZZZZZZZ
webhook     of the invocation itself
url         https://example.com/hook
webhook-id  msg_1
created     2030-01-02 03:04:05Z
next try    in 5 min 00 s
tries       2
  2030-01-02 03:04:05Z  503: answered 503 after 12 ms
    try later
  2030-01-02 03:04:05Z  no answer in time after 10.0 s

{"type":"invocation.succeeded"}`);
});
