import { beforeEach, expect, test, vi } from "vitest";
import { createClient } from "./client.ts";
import { PiFleetError } from "./errors.ts";
import { json, problem, ScriptedServer } from "./testing/scripted-server.ts";
import { verifyWebhook } from "./webhook-verification.ts";

const WEBHOOK = { id: "whk_1", url: "https://example.com/hook", enabled: true };
const DELIVERY = { id: "dlv_1", status: "dead" };

beforeEach(() => {
  // Shortens the pauses between tries to their minimum.
  vi.spyOn(Math, "random").mockReturnValue(0);
  return () => vi.restoreAllMocks();
});

test("a webhook is created, read, listed, changed and deleted", async () => {
  const created = { ...WEBHOOK, secret: "whsec_x" };
  await using server = await ScriptedServer.start(
    json(created, 201),
    json(WEBHOOK),
    json({ items: [WEBHOOK], nextCursor: null }),
    json({ ...WEBHOOK, enabled: false }),
    json(created),
    (response) => response.writeHead(204).end(),
  );
  const { webhooks } = createClient({ url: server.url });
  expect(await webhooks.create({ url: WEBHOOK.url, events: ["invocation.failed"] })).toEqual(created);
  expect(await webhooks.get("whk_1")).toEqual(WEBHOOK);
  expect(await webhooks.list()).toEqual([WEBHOOK]);
  expect(await webhooks.update("whk_1", { enabled: false })).toMatchObject({ enabled: false });
  expect(await webhooks.rotateSecret("whk_1")).toEqual(created);
  expect(await webhooks.delete("whk_1")).toBeUndefined();
  expect(server.requests.map(({ method, url, body }) => `${method} ${url} ${body}`.trim())).toEqual([
    'POST /v1/webhooks {"url":"https://example.com/hook","events":["invocation.failed"]}',
    "GET /v1/webhooks/whk_1",
    "GET /v1/webhooks",
    'PATCH /v1/webhooks/whk_1 {"enabled":false}',
    'PATCH /v1/webhooks/whk_1 {"rotateSecret":true}',
    "DELETE /v1/webhooks/whk_1",
  ]);
});

test("the creation of a webhook is never sent twice, all else is", async () => {
  await using server = await ScriptedServer.start(problem(503, "unavailable"));
  const { webhooks } = createClient({ url: server.url, retries: 1 });
  await expect(webhooks.create({ url: WEBHOOK.url })).rejects.toBeInstanceOf(PiFleetError);
  expect(server.requests).toHaveLength(1);
  await expect(webhooks.delete("whk_1")).rejects.toBeInstanceOf(PiFleetError);
  expect(server.requests).toHaveLength(3);
});

test("the ledger is listed over its pages, by a range of dates or texts", async () => {
  await using server = await ScriptedServer.start(
    json({ items: [DELIVERY], nextCursor: "c1" }),
    json({ items: [], nextCursor: null }),
  );
  const { deliveries } = createClient({ url: server.url });
  const query = { webhook: "whk_1", status: "dead", since: new Date(0), until: "2030-01-02T03:04:05Z" } as const;
  const pages = await Array.fromAsync(deliveries.pages(query));
  expect(pages.flatMap(({ items }) => items)).toEqual([DELIVERY]);
  const search = "webhook=whk_1&status=dead&since=1970-01-01T00%3A00%3A00.000Z&until=2030-01-02T03%3A04%3A05Z";
  expect(server.requests.map(({ url }) => url)).toEqual([
    `/v1/deliveries?${search}`,
    `/v1/deliveries?${search}&cursor=c1`,
  ]);
});

test("a delivery is read and sent again, and so is a range of them", async () => {
  await using server = await ScriptedServer.start(
    json({ ...DELIVERY, body: "{}" }),
    json(DELIVERY, 202),
    json({ count: 3, more: false }, 202),
  );
  const { deliveries, webhooks } = createClient({ url: server.url });
  expect(await deliveries.get("dlv_1")).toEqual({ ...DELIVERY, body: "{}" });
  expect(await deliveries.redeliver("dlv_1")).toEqual(DELIVERY);
  expect(await webhooks.redeliver("whk_1", { since: new Date(0) })).toEqual({ count: 3, more: false });
  expect(server.requests.map(({ method, url, body }) => `${method} ${url} ${body}`.trim())).toEqual([
    "GET /v1/deliveries/dlv_1",
    "POST /v1/deliveries/dlv_1/redeliver",
    'POST /v1/webhooks/whk_1/redeliver {"since":"1970-01-01T00:00:00.000Z"}',
  ]);
});

test("an id cannot lead to another path", async () => {
  const { webhooks, deliveries } = createClient({ url: "http://127.0.0.1:1" });
  expect(() => webhooks.get("..")).toThrow("not the id of a webhook: '..'");
  expect(() => deliveries.get("")).toThrow("not the id of a delivery: ''");
});

test("a client verifies messages, too", () => {
  expect(createClient({ url: "http://127.0.0.1:1" }).webhooks.verify).toBe(verifyWebhook);
});
