import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { type Authenticator, bootstrapAuthenticator } from "./authentication.ts";
import { problemOf, SUBMISSION, startApi } from "./testing/api.ts";
import { recordOf } from "./testing/runs.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });
const KEY = "a-key-of-some-length";
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe("with the bootstrap key", () => {
  const start = () => startApi(memory(), { authenticator: bootstrapAuthenticator(KEY) });

  it("everything is allowed, as tenant default", async () => {
    const api = await start();
    const { id } = await api.submit({}, bearer(KEY));
    expect((await api.backend.store.get("default", id))?.tenant).toBe("default");
    expect((await api.get("/v1/queue", bearer(KEY))).status).toBe(200);
    expect((await api.get("/v1/queue", { authorization: `bearer  ${KEY}` })).status).toBe(200);
  });

  it.each([
    ["no key", {}, 'Bearer realm="pifleet"'],
    ["another scheme", { authorization: `Basic ${KEY}` }, 'Bearer realm="pifleet"'],
    ["an empty key", { authorization: "Bearer " }, 'Bearer realm="pifleet"'],
    ["another key", bearer(`${KEY}x`), 'Bearer realm="pifleet", error="invalid_token"'],
    ["a part of the key", bearer(KEY.slice(1)), 'Bearer realm="pifleet", error="invalid_token"'],
  ])("a request with %s is answered 401", async (_, headers: Record<string, string>, challenge) => {
    const api = await start();
    const response = await api.post("/v1/invocations", SUBMISSION, headers);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(challenge);
    expect(await problemOf(response)).toMatchObject({ code: "unauthorized" });
    expect((await api.backend.queue.depth()).waiting).toBe(0);
  });

  it.each(["/v1/invocations", "/v1/invocations/42", "/v1/workers", "/v1/queue"])("%s needs it", async (path) => {
    expect((await (await start()).get(path)).status).toBe(401);
  });

  it.each(["/livez", "/readyz", "/metrics", "/openapi.json", "/docs/"])("%s does not need it", async (path) => {
    expect((await (await start()).get(path)).status).toBe(200);
  });

  it("no key is ever logged", async () => {
    const api = await start();
    await api.submit({}, bearer(KEY));
    await api.get("/v1/queue?key=secret", bearer("a-wrong-key-of-some-length"));
    expect(api.log.join("")).toContain("/v1/queue");
    expect(api.log.join("")).not.toMatch(/-of-some-length|secret|hello/);
  });
});

it("describes for every route that asks for a key how it refuses", async () => {
  const api = await startApi(memory());
  const { paths } = (await (await api.get("/openapi.json")).json()) as {
    paths: Record<string, Record<string, { responses: object }>>;
  };
  const operations = Object.entries(paths).filter(([path]) => path.startsWith("/v1/"));
  for (const { responses } of operations.flatMap(([, byMethod]) => Object.values(byMethod))) {
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(["401", "403", "429", "503"]));
  }
});

describe("with keys of several tenants", () => {
  const authenticator: Authenticator = async (key) =>
    key === "reader" ? { tenant: "readers", scopes: ["invocations:read"] } : null;

  it("a key sees the invocations of its own tenant only", async () => {
    const api = await startApi(memory(), { authenticator });
    const mine = await recordOf(api.backend, "readers");
    const other = await recordOf(api.backend, "default");
    expect((await api.get(`/v1/invocations/${mine.id}`, bearer("reader"))).status).toBe(200);
    expect((await api.get(`/v1/invocations/${other.id}`, bearer("reader"))).status).toBe(404);
  });

  it.each([
    ["POST", "/v1/invocations", "invocations:write"],
    ["POST", "/v1/queue/pause", "operator"],
    ["GET", "/v1/queue", "operator"],
  ])("a key that lacks the scope for %s %s is answered 403 that names it", async (method, path, scope) => {
    const api = await startApi(memory(), { authenticator });
    const response = await api.fetch(path, { method, headers: bearer("reader") });
    expect(response.status).toBe(403);
    expect(response.headers.get("www-authenticate")).toContain(`scope="${scope}"`);
    expect(await problemOf(response)).toMatchObject({
      code: "insufficient_scope",
      detail: `The key lacks the scope ${scope}`,
    });
  });
});
