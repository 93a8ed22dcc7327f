import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { problemOf, SUBMISSION } from "./testing/api.ts";
import { bearer, type KeyedApi, startKeyedApi } from "./testing/keys.ts";
import { startAttempt } from "./testing/runs.ts";

const SCOPES = ["invocations:read", "invocations:write"] as const;

interface Tenants {
  readonly api: KeyedApi;
  readonly acme: { authorization: string };
  readonly other: { authorization: string };
}

async function startTenants(): Promise<Tenants> {
  const api = await startKeyedApi(createMemoryBackend({ retentionMs: 60_000 }));
  const keyOf = async (tenant: string) => bearer((await api.issue({ tenant, scopes: SCOPES })).text);
  return { api, acme: await keyOf("acme"), other: await keyOf("other") };
}

/** Every route below one invocation, as the description of the API has them. */
async function routesBelowInvocation(api: KeyedApi): Promise<[method: string, path: string][]> {
  const { paths } = (await (await api.get("/openapi.json")).json()) as { paths: Record<string, object> };
  return Object.entries(paths)
    .filter(([path]) => path.startsWith("/v1/invocations/{id}"))
    .flatMap(([path, operations]) =>
      Object.keys(operations).map((method): [string, string] => [method.toUpperCase(), path]),
    );
}

describe("a tenant", () => {
  it("finds no invocation of another one by any route, and changes none", async () => {
    const { api, acme, other } = await startTenants();
    const { id } = await api.submit({}, acme);
    await startAttempt(api.backend, id);
    const before = await api.backend.store.read(id);
    const routes = await routesBelowInvocation(api);
    expect(routes.length).toBeGreaterThanOrEqual(6);
    for (const [method, path] of routes) {
      const response = await api.fetch(path.replace("{id}", id), { method, headers: other });
      const problem = await problemOf(response);
      expect([method, path, problem.status, problem.code]).toEqual([method, path, 404, "invocation_not_found"]);
    }
    expect(await api.backend.store.read(id)).toEqual(before);
    expect((await api.get(`/v1/invocations/${id}`, acme)).status).toBe(200);
  });

  it("cannot tell one of another tenant from one that is not there", async () => {
    const { api, acme, other } = await startTenants();
    const { id } = await api.submit({}, acme);
    const nowhere = "inv_01JZZZZZZZZZZZZZZZZZZZZZZZ";
    for (const path of ["", "?wait=60", "/events", "/trace"]) {
      const answers = await Promise.all(
        [id, nowhere].map(async (one) => problemOf(await api.get(`/v1/invocations/${one}${path}`, other))),
      );
      expect(answers[0]).toEqual(answers[1]);
    }
  });

  it("lists its own invocations only, also behind a cursor of another one", async () => {
    const { api, acme, other } = await startTenants();
    const mine = [await api.submit({}, other), await api.submit({}, other)];
    const { id } = await api.submit({}, acme);
    await api.submit({}, acme);
    const ids = async (query = "") => {
      const { items } = (await (await api.get(`/v1/invocations${query}`, other)).json()) as { items: { id: string }[] };
      return items.map((item) => item.id);
    };
    expect(await ids()).toEqual(mine.map((record) => record.id).toReversed());
    expect(await ids("?status=queued&limit=1")).toEqual([mine[1]?.id]);
    const page = (await (await api.get("/v1/invocations?limit=1", acme)).json()) as { nextCursor: string };
    expect(await ids(`?cursor=${page.nextCursor}`)).not.toContain(id);
  });

  it("has idempotency keys of its own", async () => {
    const { api, acme, other } = await startTenants();
    const again = { "idempotency-key": "the same" };
    const first = await api.submit({}, { ...acme, ...again });
    const second = await api.submit({ input: "another body" }, { ...other, ...again });
    expect(second.id).not.toBe(first.id);
    expect((await api.submit({}, { ...acme, ...again })).id).toBe(first.id);
    const conflict = await api.post("/v1/invocations", SUBMISSION, { ...other, ...again });
    expect(conflict.status).toBe(422);
  });
});
