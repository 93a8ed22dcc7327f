import { createLogger } from "@pifleet/environment/logging";
import type { AfterTry, DeliveryTry, StoredDelivery } from "@pifleet/invocation";
import { expect, it } from "vitest";
import { DeliveryLog } from "./delivery-log.ts";

const MADE: DeliveryTry = {
  at: "",
  durationMs: 12.3,
  status: 500,
  error: "a.example answered 500",
  response: "its words",
};
const DELIVERY = {
  id: "dlv_1",
  invocation: "inv_1",
  webhook: "whk_1",
  type: "invocation.failed",
  url: "https://a.example/in-the-path?token=in-the-query",
  tryCount: 1,
  body: "the body",
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
} as unknown as StoredDelivery;

function logged(after: AfterTry, made: DeliveryTry = MADE, delivery = DELIVERY) {
  const lines: string[] = [];
  const log = new DeliveryLog(createLogger("info", { write: (line) => void lines.push(line) }));
  log.tried(delivery, made, after);
  return { text: lines.join(""), line: JSON.parse(lines[0] ?? "{}") };
}

const FIELDS = {
  delivery: "dlv_1",
  invocation: "inv_1",
  webhook: "whk_1",
  trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
  event: "invocation.failed",
  host: "a.example",
  try: 2,
};

it("a try that failed is told with the invocation, the webhook, the trace and when the next one follows", () => {
  const { line } = logged({ kind: "again", delayMs: 5_000 });
  const expected = { ...FIELDS, level: "warn", status: 500, durationMs: 12, reason: MADE.error, nextTryMs: 5_000 };
  expect(line).toMatchObject(expected);
});

it("of a URL only the host is told, and of the message and the answer nothing", () => {
  for (const kind of ["delivered", "dead"] as const) {
    expect(logged({ kind }).text).not.toMatch(/in-the-path|in-the-query|the body|its words/);
  }
});

it("a message that was delivered or given up is told as such, and that of an invocation's own webhook without one", () => {
  expect(logged({ kind: "delivered" }, { ...MADE, status: 204, error: null }).line).toMatchObject({
    level: "info",
    status: 204,
  });
  const { line } = logged({ kind: "dead" }, MADE, { ...DELIVERY, webhook: null });
  expect(line).toMatchObject({ level: "warn", msg: "webhook not delivered, and given up" });
  expect(line).not.toHaveProperty("webhook");
});
