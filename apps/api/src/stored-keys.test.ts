import { timingSafeEqual } from "node:crypto";
import { apiKeyText, newApiKeySecret } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { sampleApiKey } from "@pifleet/testkit/samples";
import { describe, expect, it, vi } from "vitest";
import { problemOf, SUBMISSION } from "./testing/api.ts";
import { altered, away } from "./testing/backends.ts";
import { bearer, startKeyedApi, storeKey, TestClock } from "./testing/keys.ts";

vi.mock("node:crypto", async (importOriginal) => {
  const crypto = await importOriginal<typeof import("node:crypto")>();
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});

const HOUR_MS = 3_600_000;
const UNKNOWN = 'Bearer realm="pifleet", error="invalid_token"';
const LIST = "/v1/invocations";

function start(clock = new TestClock()) {
  return startKeyedApi(createMemoryBackend({ retentionMs: HOUR_MS, now: clock.now }), { clock });
}

describe("a stored key", () => {
  it("is good for what its scopes say, as its tenant", async () => {
    const api = await start();
    const { text } = await api.issue({ scopes: ["invocations:read", "invocations:write"] });
    const { id } = await api.submit({}, bearer(text));
    expect((await api.backend.store.get("acme", id))?.tenant).toBe("acme");
    expect(await (await api.get(LIST, bearer(text))).json()).toMatchObject({ items: [{ id }] });
  });

  it("of an admin may do everything", async () => {
    const api = await start();
    const { text } = await api.issue({ scopes: ["admin", "operator"] });
    await api.submit({}, bearer(text));
    for (const path of [LIST, "/v1/queue", "/v1/workers"]) {
      expect((await api.get(path, bearer(text))).status).toBe(200);
    }
  });

  it.each([
    ["POST", LIST, "invocations:write"],
    ["GET", "/v1/queue", "operator"],
    ["POST", "/v1/queue/pause", "operator"],
    ["GET", "/v1/workers", "operator"],
  ])("that lacks the scope for %s %s is answered 403 that names it", async (method, path, scope) => {
    const api = await start();
    const { text } = await api.issue({ scopes: ["invocations:read", "webhooks"] });
    const response = await api.fetch(path, { method, headers: bearer(text) });
    expect(response.headers.get("www-authenticate")).toContain(`error="insufficient_scope", scope="${scope}"`);
    expect(await problemOf(response)).toMatchObject({
      status: 403,
      code: "insufficient_scope",
      detail: `The key lacks the scope ${scope}`,
    });
  });

  it("of a tenant's admin does not let it run the fleet, and that of an operator not see the tenant's invocations", async () => {
    const api = await start();
    const [admin, operator] = [await api.issue({ scopes: ["admin"] }), await api.issue({ scopes: ["operator"] })];
    const status = async (method: string, path: string, text: string) =>
      (await api.fetch(path, { method, headers: bearer(text) })).status;
    for (const [method, path] of [
      ["POST", "/v1/queue/pause"],
      ["POST", "/v1/queue/resume"],
      ["GET", "/v1/queue"],
      ["GET", "/v1/workers"],
    ] as const) {
      expect(await status(method, path, admin.text)).toBe(403);
      expect(await status(method, path, operator.text)).toBe(200);
    }
    expect([await status("GET", LIST, admin.text), await status("GET", LIST, operator.text)]).toEqual([200, 403]);
  });

  it("is noted as used", async () => {
    const api = await start();
    const { key, text } = await api.issue();
    await api.get(LIST, bearer(text));
    expect((await api.backend.apiKeys.get(key.id))?.lastUsedAt).toBe(new Date(api.clock.ms).toISOString());
  });

  it("is in the log by its id, and its secret is not", async () => {
    const api = await start();
    const { key, text } = await api.issue();
    await api.get(LIST, bearer(text));
    expect(api.log.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ key: key.id, path: LIST }),
    );
    expect(api.log.join("")).not.toContain(text.slice(-20));
  });
});

describe("a key that is not good", () => {
  it.each([
    ["of another form", "pifleet_x"],
    ["with a letter more", `${apiKeyText({ id: sampleApiKey().id, secret: newApiKeySecret() })}x`],
    ["that nobody made", apiKeyText({ id: sampleApiKey().id, secret: newApiKeySecret() })],
  ])("%s is answered 401", async (_, text) => {
    const api = await start();
    const response = await api.post(LIST, SUBMISSION, bearer(text));
    expect(response.headers.get("www-authenticate")).toBe(UNKNOWN);
    expect(await problemOf(response)).toMatchObject({ status: 401, code: "unauthorized" });
    expect((await api.backend.queue.depth()).waiting).toBe(0);
  });

  it("is told to be revoked, within a second of its revocation", async () => {
    const api = await start();
    const { key, text } = await api.issue();
    expect((await api.get(LIST, bearer(text))).status).toBe(200);
    await api.backend.apiKeys.revoke(key.id);
    api.clock.ms += 1_000;
    const response = await api.get(LIST, bearer(text));
    const detail = "This key was revoked on 2030-01-01T00:00:00.000Z";
    expect(response.headers.get("www-authenticate")).toBe(`${UNKNOWN}, error_description="${detail}"`);
    expect(await problemOf(response)).toMatchObject({ status: 401, code: "unauthorized", detail });
  });

  it("is told to have expired, at once when it has, though it was looked up before", async () => {
    const api = await start();
    const { text } = await api.issue({ expiresMs: api.clock.ms + 10 });
    expect((await api.get(LIST, bearer(text))).status).toBe(200);
    api.clock.ms += 10;
    const response = await api.get(LIST, bearer(text));
    expect(await problemOf(response)).toMatchObject({
      status: 401,
      detail: "This key expired on 2030-01-01T00:00:00.010Z",
    });
  });

  it("says nothing of the key that it names to whoever does not know the secret", async () => {
    const api = await start();
    const revoked = await api.issue();
    const expired = await api.issue({ expiresMs: api.clock.ms });
    await api.backend.apiKeys.revoke(revoked.key.id);
    const ids = [revoked.key.id, expired.key.id, (await api.issue()).key.id, sampleApiKey().id];
    const answers = await Promise.all(
      ids.map(async (id) => {
        const response = await api.get(LIST, bearer(apiKeyText({ id, secret: newApiKeySecret() })));
        return { challenge: response.headers.get("www-authenticate"), problem: await problemOf(response) };
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ challenge: UNKNOWN, problem: { status: 401, detail: "This key is not valid" } });
  });

  it("is compared in constant time, also when there is none of its id", async () => {
    const api = await start();
    const { key } = await api.issue();
    for (const id of [key.id, sampleApiKey().id]) {
      vi.mocked(timingSafeEqual).mockClear();
      await api.get(LIST, bearer(apiKeyText({ id, secret: newApiKeySecret() })));
      expect(timingSafeEqual).toHaveBeenCalledOnce();
      expect(vi.mocked(timingSafeEqual).mock.calls[0]).toMatchObject([{ byteLength: 32 }, { byteLength: 32 }]);
    }
  });

  it("asks the database once a second, however often it comes", async () => {
    const memory = createMemoryBackend({ retentionMs: HOUR_MS });
    const get = vi.fn(async () => null);
    const api = await startKeyedApi(altered(memory, { apiKeys: { get } }));
    const key = bearer(apiKeyText({ id: sampleApiKey().id, secret: newApiKeySecret() }));
    for (let i = 0; i < 5; i += 1) expect((await api.get(LIST, key)).status).toBe(401);
    expect(get).toHaveBeenCalledTimes(1);
  });
});

describe("while the database is away", () => {
  it.each([["get"], ["use"]] as const)("a stored key is answered 503 when it fails at '%s'", async (method) => {
    const memory = createMemoryBackend({ retentionMs: HOUR_MS });
    const { text } = await storeKey(memory);
    const api = await startKeyedApi(altered(memory, { apiKeys: { [method]: away } }));
    const response = await api.get("/v1/invocations/42", bearer(text));
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await problemOf(response)).toMatchObject({ status: 503, code: "unavailable" });
  });

  it("a key of another form is refused without it", async () => {
    const memory = createMemoryBackend({ retentionMs: HOUR_MS });
    const api = await startKeyedApi(altered(memory, { apiKeys: { get: away } }));
    expect((await api.get(LIST, bearer("some-other-key"))).status).toBe(401);
  });
});
