import { Delivery, type DeliveryId } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import type { Authenticator } from "../authentication.ts";
import { encodeCursor } from "../cursor.ts";
import { problemOf, startApi, type TestApi } from "../testing/api.ts";
import { altered } from "../testing/backends.ts";
import { deadDelivery, endedInvocation } from "../testing/deliveries.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });
const UNKNOWN = "dlv_01JZZZZZZZZZZZZZZZZZZZZZZZ";
const SINCE = "2020-01-01T00:00:00Z";

async function webhookOf(api: TestApi, body: object = {}): Promise<string> {
  const response = await api.post("/v1/webhooks", { url: "https://example.com/hook", ...body });
  return ((await response.json()) as { id: string }).id;
}

async function idsAt(api: TestApi, path: string): Promise<string[]> {
  const { items } = (await (await api.get(path)).json()) as { items: Delivery[] };
  return items.map(({ id }) => id);
}

describe("the ledger", () => {
  it("shows what a webhook is told, and of one delivery what is sent", async () => {
    const api = await startApi(memory());
    const webhook = await webhookOf(api);
    const [delivery] = await endedInvocation(api.backend);
    const stored = delivery && (await api.backend.deliveries.get("default", delivery.id));
    const page = await (await api.get(`/v1/webhooks/${webhook}/deliveries`)).json();
    const { tenant, body, traceparent, ...listed } = stored ?? {};
    expect(page).toEqual({ items: [listed], nextCursor: null });
    const shown = (await (await api.get(`/v1/deliveries/${stored?.id}`)).json()) as { body: string };
    expect(Delivery.safeParse(shown).success).toBe(true);
    expect(shown).toEqual({ ...listed, body });
    expect(JSON.parse(shown.body)).toMatchObject({ type: "invocation.succeeded", data: { id: stored?.invocation } });
  });

  it("is listed by webhook, invocation and status", async () => {
    const api = await startApi(memory());
    const [first, second] = [await webhookOf(api), await webhookOf(api)];
    const dead = await deadDelivery(api.backend, first);
    const [, other] = await endedInvocation(api.backend);
    expect(await idsAt(api, `/v1/webhooks/${first}/deliveries?status=dead`)).toEqual([dead.id]);
    expect(await idsAt(api, `/v1/deliveries?webhook=${first}&status=dead`)).toEqual([dead.id]);
    expect(await idsAt(api, `/v1/deliveries?webhook=${second}&invocation=${dead.invocation}`)).toHaveLength(1);
    expect(await idsAt(api, `/v1/deliveries?invocation=${other?.invocation}`)).toHaveLength(2);
    expect(await idsAt(api, "/v1/deliveries")).toHaveLength(4);
    expect(await idsAt(api, "/v1/deliveries?status=delivered")).toEqual([]);
  });

  it("is listed by a range of time", async () => {
    const api = await startApi(memory());
    const webhook = await webhookOf(api);
    const { id, createdAt } = await deadDelivery(api.backend, webhook);
    const later = new Date(Date.parse(createdAt) + 1).toISOString();
    const offset = createdAt.replace("Z", "%2B00:00");
    expect(await idsAt(api, `/v1/deliveries?since=${createdAt}`)).toEqual([id]);
    expect(await idsAt(api, `/v1/deliveries?since=${offset}&until=${later}`)).toEqual([id]);
    expect(await idsAt(api, `/v1/deliveries?since=${later}`)).toEqual([]);
    expect(await idsAt(api, `/v1/deliveries?until=${createdAt}`)).toEqual([]);
  });

  it("is read page by page with the links of its answers, newest first", async () => {
    const api = await startApi(memory());
    const webhook = await webhookOf(api);
    for (let count = 0; count < 5; count += 1) await endedInvocation(api.backend);
    const all = await idsAt(api, `/v1/webhooks/${webhook}/deliveries`);
    const read: string[] = [];
    let path: string | undefined = `/v1/webhooks/${webhook}/deliveries?limit=2&status=pending`;
    while (path) {
      const response = await api.get(path);
      read.push(...((await response.json()) as { items: Delivery[] }).items.map(({ id }) => id));
      path = /^<(?<next>[^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.groups?.next;
    }
    expect(read).toEqual(all);
    expect(all).toEqual(all.toSorted().reverse());
  });

  it.each([
    ["status=lost", "/query/status"],
    ["limit=0", "/query/limit"],
    ["limit=101", "/query/limit"],
    ["since=yesterday", "/query/since"],
    ["until=2030-01-02", "/query/until"],
    ["since=2030-01-02T00:00:00Z&until=2030-01-01T00:00:00Z", "/query/until"],
    ["cursor=nonsense", "/query/cursor"],
    [`cursor=${encodeCursor("inv_01JZZZZZZZZZZZZZZZZZZZZZZZ")}`, "/query/cursor"],
    ["webhook=whk_1", "/query/webhook"],
    ["invocation=42", "/query/invocation"],
    ["tenant=other", "/query/tenant"],
  ])("refuses ?%s", async (query, pointer) => {
    const api = await startApi(memory());
    const { errors } = await problemOf(await api.get(`/v1/deliveries?${query}`));
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it("keeps the deliveries of a webhook that was deleted", async () => {
    const api = await startApi(memory());
    const webhook = await webhookOf(api);
    const { id } = await deadDelivery(api.backend, webhook);
    await api.backend.webhooks.delete("default", webhook);
    expect(await idsAt(api, `/v1/deliveries?webhook=${webhook}`)).toEqual([id]);
    expect(await problemOf(await api.get(`/v1/webhooks/${webhook}/deliveries`))).toMatchObject({ status: 404 });
  });
});

describe("a redelivery", () => {
  it("makes a dead delivery pending, with the same message", async () => {
    const api = await startApi(memory());
    const dead = await deadDelivery(api.backend, await webhookOf(api));
    const response = await api.post(`/v1/deliveries/${dead.id}/redeliver`);
    expect(response.status).toBe(202);
    const answer = (await response.json()) as Delivery;
    expect(answer).toMatchObject({ id: dead.id, messageId: dead.messageId, status: "pending" });
    expect(answer).not.toHaveProperty("body");
    expect((await api.backend.deliveries.take(10, 60_000)).map(({ id }) => id)).toEqual([dead.id]);
  });

  it("is refused with 409 where it would reach nobody", async () => {
    const api = await startApi(memory());
    const webhook = await webhookOf(api);
    const { id } = await deadDelivery(api.backend, webhook);
    await api.backend.webhooks.update("default", webhook, { enabled: false });
    const code = async (path: string, body?: object) => (await problemOf(await api.post(path, body))).code;
    expect(await code(`/v1/deliveries/${id}/redeliver`)).toBe("webhook_disabled");
    expect(await code(`/v1/webhooks/${webhook}/redeliver`, { since: SINCE })).toBe("webhook_disabled");
    await api.backend.webhooks.delete("default", webhook);
    expect(await code(`/v1/deliveries/${id}/redeliver`)).toBe("webhook_deleted");
    expect(await code(`/v1/deliveries/${UNKNOWN}/redeliver`)).toBe("delivery_not_found");
  });

  it("of a time range takes the dead deliveries of one webhook", async () => {
    const api = await startApi(memory());
    const [webhook, other] = [await webhookOf(api), await webhookOf(api)];
    for (let count = 0; count < 3; count += 1) await deadDelivery(api.backend, webhook);
    await deadDelivery(api.backend, other);
    const redeliver = async (body: object) => {
      const response = await api.post(`/v1/webhooks/${webhook}/redeliver`, body);
      return [response.status, await response.json()];
    };
    expect(await redeliver({ since: SINCE, until: SINCE })).toEqual([202, { count: 0, more: false }]);
    expect(await redeliver({ since: SINCE, status: "delivered" })).toEqual([202, { count: 0, more: false }]);
    expect(await redeliver({ since: SINCE })).toEqual([202, { count: 3, more: false }]);
    expect(await redeliver({ since: SINCE })).toEqual([202, { count: 0, more: false }]);
    expect(await idsAt(api, "/v1/deliveries?status=dead")).toHaveLength(1);
  });

  it("of a time range is bounded, and says that there is more", async () => {
    const ids = Array.from({ length: 1_001 }, (_, i): DeliveryId => `dlv_${String(9_999 - i).padStart(26, "0")}`);
    const list = async ({ limit, after }: { limit: number; after?: DeliveryId }) => {
      const from = after === undefined ? 0 : ids.indexOf(after) + 1;
      const items = ids.slice(from, from + limit).map((id) => ({ id }) as Delivery);
      return { items, next: from + limit < ids.length ? (items.at(-1)?.id ?? null) : null };
    };
    const redelivered: DeliveryId[] = [];
    const redeliver = async (_tenant: string, id: DeliveryId) => {
      redelivered.push(id);
      // It expired a moment ago.
      return id === ids[3] ? null : ({ id } as never);
    };
    const api = await startApi(altered(memory(), { deliveries: { list, redeliver } }));
    const webhook = await webhookOf(api);
    const response = await api.post(`/v1/webhooks/${webhook}/redeliver`, { since: SINCE });
    expect(await response.json()).toEqual({ count: 999, more: true });
    expect(redelivered).toEqual(ids.slice(0, 1_000));
  });

  it.each([
    [{}, "/since"],
    [{ since: "2h" }, "/since"],
    [{ since: SINCE, until: "2019-01-01T00:00:00Z" }, "/until"],
    [{ since: SINCE, status: "lost" }, "/status"],
    [{ since: SINCE, webhook: "x" }, "/webhook"],
  ])("of the range %j is refused", async (body, pointer) => {
    const api = await startApi(memory());
    const response = await api.post(`/v1/webhooks/${await webhookOf(api)}/redeliver`, body);
    expect((await problemOf(response)).errors?.map((error) => error.pointer)).toEqual([pointer]);
  });
});

it("the deliveries of a tenant are nobody else's", async () => {
  const authenticator: Authenticator = async (key) => ({ tenant: key, scopes: ["webhooks"] });
  const api = await startApi(memory(), { authenticator });
  const a = { authorization: "Bearer a" };
  const b = { authorization: "Bearer b" };
  const created = await api.post("/v1/webhooks", { url: "https://example.com/hook" }, a);
  const { id: webhook } = (await created.json()) as { id: string };
  const { id } = await deadDelivery(api.backend, webhook, "a");
  const foreign = [
    await api.get(`/v1/deliveries/${id}`, b),
    await api.post(`/v1/deliveries/${id}/redeliver`, undefined, b),
  ];
  for (const answer of foreign) expect(await problemOf(answer)).toMatchObject({ code: "delivery_not_found" });
  for (const query of ["", `?webhook=${webhook}`])
    expect(await (await api.get(`/v1/deliveries${query}`, b)).json()).toEqual({ items: [], nextCursor: null });
  expect((await api.get(`/v1/deliveries/${id}`, a)).status).toBe(200);
  expect((await api.backend.deliveries.get("a", id))?.status).toBe("dead");
});
