import { MAX_WEBHOOKS, type Webhook, WebhookSecret } from "@pifleet/invocation";
import { AddressGuard } from "@pifleet/outbound";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import type { Authenticator } from "../authentication.ts";
import { problemOf, startApi, type TestApi } from "../testing/api.ts";
import { altered, away } from "../testing/backends.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });
const URL_ = "https://example.com/hook";
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const CANARY = "canary-4711";
const UNKNOWN = "whk_01JZZZZZZZZZZZZZZZZZZZZZZZ";

type WithSecret = Webhook & { secret: string };

async function create(api: TestApi, body: object = {}): Promise<WithSecret> {
  const response = await api.post("/v1/webhooks", { url: URL_, ...body });
  expect(response.status).toBe(201);
  return (await response.json()) as WithSecret;
}

function send(api: TestApi, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  return api.fetch(path, { method, headers: { ...type, ...headers }, body: JSON.stringify(body) });
}

const patch = (api: TestApi, id: string, body: unknown) => send(api, "PATCH", `/v1/webhooks/${id}`, body);

async function secretsOf(api: TestApi, id: string) {
  return (await api.backend.webhooks.get("default", id))?.secrets ?? [];
}

describe("creating a webhook", () => {
  it("answers 201 with where it is, and with a secret that no other answer holds", async () => {
    const api = await startApi(memory());
    const response = await api.post("/v1/webhooks", { url: URL_ });
    const { secret, ...webhook } = (await response.json()) as WithSecret;
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe(`/v1/webhooks/${webhook.id}`);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(webhook).toMatchObject({ url: URL_, events: [], description: "", enabled: true, disabledReason: null });
    expect(Buffer.from(secret.slice("whsec_".length), "base64")).toHaveLength(32);
    expect(WebhookSecret.safeParse(secret).success).toBe(true);
    expect(await (await api.get(`/v1/webhooks/${webhook.id}`)).json()).toEqual(webhook);
    expect(await (await api.get("/v1/webhooks")).json()).toEqual({ items: [webhook], nextCursor: null });
    expect(api.log.join("")).not.toContain("whsec_");
  });

  it("takes what is chosen, the secret too", async () => {
    const api = await startApi(memory());
    const chosen = { events: ["invocation.failed", "invocation.failed"], description: "CI", secret: SECRET };
    expect(await create(api, chosen)).toMatchObject({ ...chosen, events: ["invocation.failed"] });
    const two = [await create(api), await create(api)];
    expect(two[0]?.secret).not.toBe(two[1]?.secret);
  });

  it("is refused with 409 that says what to do when there are as many as there may be", async () => {
    const api = await startApi(memory());
    for (let count = 0; count < MAX_WEBHOOKS; count += 1) await create(api);
    const response = await api.post("/v1/webhooks", { url: URL_ });
    expect(response.status).toBe(409);
    expect(await problemOf(response)).toMatchObject({
      code: "too_many_webhooks",
      detail: expect.stringContaining("delete"),
    });
  });

  it("answers 503 while the database is away", async () => {
    const api = await startApi(altered(memory(), { webhooks: { create: away } }));
    const response = await api.post("/v1/webhooks", { url: URL_, secret: SECRET });
    expect(response.status).toBe(503);
    expect((await response.text()) + api.log).not.toContain(SECRET);
  });
});

describe("what is no webhook is refused with 400 that points at it and repeats no value", () => {
  const long = `whsec_${Buffer.alloc(65).toString("base64")}`;
  const short = `whsec_${Buffer.alloc(23).toString("base64")}`;
  it.each([
    ["no URL", { url: undefined }, "/url"],
    ["a URL that is none", { url: CANARY }, "/url"],
    ["another protocol", { url: `ftp://example.com/${CANARY}` }, "/url"],
    ["a URL with a password", { url: `https://user:${CANARY}@example.com/` }, "/url"],
    ["a URL that is too long", { url: `${URL_}?${CANARY.repeat(200)}` }, "/url"],
    ["an unknown event type", { events: [CANARY] }, "/events/0"],
    ["an event that ends nothing", { events: ["invocation.queued"] }, "/events/0"],
    ["events that are no list", { events: CANARY }, "/events"],
    ["a description that is too long", { description: CANARY.repeat(100) }, "/description"],
    ["a secret without its prefix", { secret: CANARY }, "/secret"],
    ["a secret that is not base64", { secret: `whsec_${CANARY}${"!".repeat(30)}` }, "/secret"],
    ["a secret that is too short", { secret: short }, "/secret"],
    ["a secret that is too long", { secret: long }, "/secret"],
    ["a secret with a character left over", { secret: `whsec_${"A".repeat(33)}` }, "/secret"],
    ["a secret that is no text", { secret: [SECRET] }, "/secret"],
    ["an unknown field", { secrets: [SECRET] }, "/secrets"],
  ])("%s", async (_, body, pointer) => {
    const api = await startApi(memory());
    const response = await api.post("/v1/webhooks", { url: URL_, ...body });
    const text = await response.clone().text();
    expect(response.status).toBe(400);
    const { code, errors } = await problemOf(response);
    expect([code, errors?.map((error) => error.pointer)]).toEqual(["invalid_request", [pointer]]);
    expect(text + api.log).not.toMatch(/canary|AAAA|Bwc/);
    expect(await api.backend.webhooks.list("default")).toEqual([]);
  });

  it.each([
    ["http://127.0.0.1:9/", "loopback"],
    ["http://[::ffff:10.0.0.1]/", "IPv4-mapped"],
    ["http://0x7f.1/", "loopback"],
    ["http://169.254.169.254/latest/meta-data/", "cloud metadata"],
    ["http://localhost/", "loopback"],
  ])("the address %s, with the rule", async (url, rule) => {
    const api = await startApi(memory());
    const { id } = await create(api);
    const answers = [await api.post("/v1/webhooks", { url }), await patch(api, id, { url })];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      expect(await problemOf(answer)).toMatchObject({
        code: "address_refused",
        errors: [{ pointer: "/url", detail: expect.stringMatching(new RegExp(`${rule}.*PIFLEET_WEBHOOK_ALLOW`)) }],
      });
    }
    expect(await (await api.get(`/v1/webhooks/${id}`)).json()).toMatchObject({ url: URL_ });
  });

  it("unless the deployment allows it", async () => {
    const api = await startApi(memory(), { addressGuard: new AddressGuard({ allow: ["loopback"] }) });
    await create(api, { url: "http://127.0.0.1:9/" });
  });
});

describe("changing a webhook", () => {
  it("leaves what is not named as it is", async () => {
    const api = await startApi(memory());
    const { secret, ...webhook } = await create(api, { description: "CI", events: ["invocation.failed"] });
    const answer = await (await patch(api, webhook.id, { events: [] })).json();
    expect(answer).toEqual({ ...webhook, events: [], updatedAt: expect.any(String) });
    expect(await secretsOf(api, webhook.id)).toEqual([{ value: secret, expiresAt: null }]);
  });

  it("that was disabled enables it and forgets why", async () => {
    const api = await startApi(memory());
    const { id } = await create(api);
    await api.backend.webhooks.update("default", id, { enabled: false, disabledReason: "answered 410" });
    expect(await (await api.get(`/v1/webhooks/${id}`)).json()).toMatchObject({ disabledReason: "answered 410" });
    const answer = await (await patch(api, id, { enabled: true })).json();
    expect(answer).toMatchObject({ enabled: true, disabledReason: null });
    expect(await (await patch(api, id, { enabled: false })).json()).toMatchObject({ enabled: false });
  });

  it("rotates the secret: the new one is shown once, and the old one is good for 24 hours more", async () => {
    const api = await startApi(memory());
    const { id, secret: old } = await create(api);
    const before = Date.now();
    const { secret } = (await (await patch(api, id, { rotateSecret: true })).json()) as WithSecret;
    expect(secret).toMatch(/^whsec_/);
    expect(secret).not.toBe(old);
    const [newest, previous, ...others] = await secretsOf(api, id);
    expect([newest, previous?.value, others]).toEqual([{ value: secret, expiresAt: null }, old, []]);
    const goodForMs = Date.parse(previous?.expiresAt ?? "") - before;
    expect(goodForMs).toBeGreaterThanOrEqual(86_400_000);
    expect(goodForMs).toBeLessThan(86_460_000);
    expect(await (await api.get(`/v1/webhooks/${id}`)).text()).not.toContain("whsec_");
    expect(api.log.join("")).not.toContain("whsec_");
  });

  it("takes a secret that is named, which may be the one that it has", async () => {
    const api = await startApi(memory());
    const { id, secret: old } = await create(api);
    expect(await (await patch(api, id, { secret: SECRET })).json()).toMatchObject({ secret: SECRET });
    await patch(api, id, { secret: SECRET });
    expect((await secretsOf(api, id)).map(({ value }) => value)).toEqual([SECRET, old]);
  });

  it.each([
    ["two secrets", { secret: SECRET, rotateSecret: true }, "/rotateSecret"],
    ["what is no boolean", { enabled: "yes" }, "/enabled"],
    ["a field that is not the client's", { disabledReason: "x" }, "/disabledReason"],
    ["no object", [], ""],
  ])("refuses %s", async (_, body, pointer) => {
    const api = await startApi(memory());
    const { id } = await create(api);
    const { errors } = await problemOf(await patch(api, id, body));
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
  });
});

it("a webhook that was deleted is gone", async () => {
  const api = await startApi(memory());
  const { id } = await create(api);
  const response = await send(api, "DELETE", `/v1/webhooks/${id}`);
  expect([response.status, await response.text()]).toEqual([204, ""]);
  for (const method of ["GET", "DELETE"])
    expect(await problemOf(await send(api, method, `/v1/webhooks/${id}`))).toMatchObject({ status: 404 });
});

describe("the webhooks of a tenant", () => {
  const authenticator: Authenticator = async (key) =>
    key === "reader"
      ? { tenant: "a", scopes: ["invocations:read", "invocations:write"] }
      : { tenant: key, scopes: ["webhooks"] };
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  it("are nobody else's: for others they are not there", async () => {
    const api = await startApi(memory(), { authenticator });
    const created = await api.post("/v1/webhooks", { url: URL_ }, bearer("a"));
    const { id } = (await created.json()) as Webhook;
    const answers = [
      await send(api, "GET", `/v1/webhooks/${id}`, undefined, bearer("b")),
      await send(api, "PATCH", `/v1/webhooks/${id}`, { rotateSecret: true }, bearer("b")),
      await send(api, "DELETE", `/v1/webhooks/${id}`, undefined, bearer("b")),
      await send(api, "GET", `/v1/webhooks/${id}/deliveries`, undefined, bearer("b")),
      await send(api, "POST", `/v1/webhooks/${id}/redeliver`, { since: "2020-01-01T00:00:00Z" }, bearer("b")),
    ];
    for (const answer of answers) expect(await problemOf(answer)).toMatchObject({ code: "webhook_not_found" });
    expect(await (await api.get("/v1/webhooks", bearer("b"))).json()).toEqual({ items: [], nextCursor: null });
    expect((await api.backend.webhooks.get("a", id))?.secrets).toHaveLength(1);
  });

  it.each([
    ["GET", "/v1/webhooks"],
    ["POST", "/v1/webhooks"],
    ["GET", `/v1/webhooks/${UNKNOWN}`],
    ["PATCH", `/v1/webhooks/${UNKNOWN}`],
    ["DELETE", `/v1/webhooks/${UNKNOWN}`],
    ["GET", `/v1/webhooks/${UNKNOWN}/deliveries`],
    ["POST", `/v1/webhooks/${UNKNOWN}/redeliver`],
    ["GET", "/v1/deliveries"],
    ["GET", "/v1/deliveries/dlv_01JZZZZZZZZZZZZZZZZZZZZZZZ"],
    ["POST", "/v1/deliveries/dlv_01JZZZZZZZZZZZZZZZZZZZZZZZ/redeliver"],
  ])("need the scope webhooks: %s %s", async (method, path) => {
    const api = await startApi(memory(), { authenticator });
    const response = await send(api, method, path, undefined, bearer("reader"));
    expect(await problemOf(response)).toMatchObject({ status: 403, detail: "The key lacks the scope webhooks" });
  });
});

it.each(["whk_1", "inv_01JZZZZZZZZZZZZZZZZZZZZZZZ", "..%2fqueue", "whk_01jzzzzzzzzzzzzzzzzzzzzzzz"])(
  "an id that is none is refused: %s",
  async (id) => {
    const api = await startApi(memory());
    expect(await problemOf(await api.get(`/v1/webhooks/${id}`))).toMatchObject({ status: 400 });
  },
);
