import {
  type Backend,
  InvocationId,
  type InvocationRecord,
  invocationError,
  NO_USAGE,
  newInvocationId,
  type Outcome,
} from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it, vi } from "vitest";
import { problemOf, startApi } from "../testing/api.ts";
import { altered, away } from "../testing/backends.ts";
import { recordOf, runToEnd, startAttempt, succeed } from "../testing/runs.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

const REQUESTED = ["cancel", "pause", "resume"];

/** The backend, and a promise that resolves when it was asked `count` times to watch an invocation. */
function watched(backend: Backend, count = 1): { backend: Backend; watching: Promise<void>; watches: () => number } {
  const { promise: watching, resolve } = Promise.withResolvers<void>();
  const watch = vi.fn<Backend["changes"]["watch"]>(async (id, listener) => {
    const unwatch = await backend.changes.watch(id, listener);
    if (watch.mock.calls.length >= count) resolve();
    return unwatch;
  });
  return { backend: altered(backend, { changes: { watch } }), watching, watches: () => watch.mock.calls.length };
}

describe("getting an invocation", () => {
  it("answers with the record and with nothing that is ours alone", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit({ instructions: "be brief" });
    const response = await api.get(`/v1/invocations/${id}`);
    const record = await response.json();
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(record).not.toHaveProperty("tenant");
    expect(record).not.toHaveProperty("submission");
    expect(record).not.toHaveProperty("carrier");
    expect(record).not.toHaveProperty("callerSpanId");
    expect(record).not.toHaveProperty("exports");
  });

  it.each([
    ["has the wrong form", "/v1/invocations/42"],
    ["is in lower case", `/v1/invocations/${newInvocationId().toLowerCase()}`],
    ["climbs, encoded", "/v1/invocations/..%2f..%2fetc%2fpasswd"],
    ["is far too long", `/v1/invocations/inv_${"0".repeat(5_000)}`],
    ["has broken escapes", "/v1/invocations/%zz"],
    ["has the wrong form, below it", "/v1/invocations/42/events"],
  ])("answers 400 when the id %s", async (_, path) => {
    const api = await startApi(memory());
    const response = await api.get(path);
    expect(response.status).toBe(400);
    await problemOf(response);
  });

  it("answers 404 when there is none, and alike when it is another tenant's", async () => {
    const api = await startApi(memory());
    const foreign = await recordOf(api.backend, "other");
    const answers = await Promise.all(
      [newInvocationId(), foreign.id].map(async (id) => {
        const paths = [`/v1/invocations/${id}`, `/v1/invocations/${id}/events`, `/v1/invocations/${id}/trace`];
        const responses = [
          ...paths.map((path) => api.get(path)),
          ...REQUESTED.map((transition) => api.post(`${paths[0]}/${transition}`)),
        ];
        return Promise.all((await Promise.all(responses)).map((response) => problemOf(response)));
      }),
    );
    expect(answers[0]?.map(({ status, code }) => [status, code])).toEqual(Array(6).fill([404, "invocation_not_found"]));
    expect(answers[0]).toEqual(answers[1]);
    expect((await api.backend.store.get("other", foreign.id))?.status).toBe("queued");
  });
});

describe("waiting for an invocation", () => {
  it.each([
    ["by the query", "?wait=30", {}],
    ["by the preference", "", { prefer: "wait=30" }],
  ])("%s answers as soon as it has ended", async (_, query, headers: Record<string, string>) => {
    const { backend, watching } = watched(memory());
    const api = await startApi(backend);
    const { id } = await api.submit();
    const answer = api.get(`/v1/invocations/${id}${query}`, headers);
    await watching;
    await runToEnd(backend, id, "42");
    expect(await (await answer).json()).toMatchObject({ status: "succeeded", output: "42" });
    expect((await answer).headers.get("preference-applied")).toBe(headers.prefer ?? null);
  });

  it("answers at once when it has ended already", async () => {
    const { backend, watches } = watched(memory());
    const api = await startApi(backend);
    const { id } = await api.submit();
    await runToEnd(backend, id);
    expect(await (await api.get(`/v1/invocations/${id}?wait=60`)).json()).toMatchObject({ status: "succeeded" });
    expect(watches()).toBe(0);
  });

  it("answers with what there is when the time is over", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    expect(await (await api.get(`/v1/invocations/${id}?wait=1`)).json()).toMatchObject({ status: "queued" });
  });

  it("misses no end that comes before the watch has begun", async () => {
    const backend = memory();
    const api = await startApi(
      altered(backend, {
        changes: {
          watch: async (id, listener) => {
            await runToEnd(backend, id);
            return backend.changes.watch(id, listener);
          },
        },
      }),
    );
    const { id } = await api.submit();
    expect(await (await api.get(`/v1/invocations/${id}?wait=60`)).json()).toMatchObject({ status: "succeeded" });
  });

  it("reads the status once for each change and the record once in the end, however many wait", async () => {
    const inner = memory();
    const looks = vi.fn(inner.store.status.bind(inner.store));
    const reads = vi.fn(inner.store.get.bind(inner.store));
    const { backend, watching, watches } = watched(altered(inner, { store: { status: looks, get: reads } }));
    const api = await startApi(backend);
    const { id } = await api.submit();
    const answers = Array.from({ length: 20 }, () => api.get(`/v1/invocations/${id}?wait=30`));
    await watching;
    await vi.waitFor(() => expect(looks).toHaveBeenCalledTimes(20 + 1));
    const attempt = await startAttempt(inner, id);
    await vi.waitFor(() => expect(looks).toHaveBeenCalledTimes(20 + 2));
    expect(reads).not.toHaveBeenCalled();
    await succeed(inner, id, attempt);
    const records = await Promise.all(
      answers.map(async (answer) => (await answer).json() as Promise<InvocationRecord>),
    );
    expect(records.map(({ status }) => status)).toEqual(Array(20).fill("succeeded"));
    expect(looks).toHaveBeenCalledTimes(20 + 3);
    expect(reads).toHaveBeenCalledTimes(1);
    expect(watches()).toBe(1);
  });

  it("stops to watch when the client is gone", async () => {
    const inner = memory();
    const { promise: unwatched, resolve } = Promise.withResolvers<void>();
    const { backend, watching } = watched(
      altered(inner, {
        changes: {
          watch: async (id, listener) => {
            const unwatch = await inner.changes.watch(id, listener);
            return () => {
              unwatch();
              resolve();
            };
          },
        },
      }),
    );
    const api = await startApi(backend);
    const { id } = await api.submit();
    const client = new AbortController();
    const answer = api.fetch(`/v1/invocations/${id}?wait=60`, { signal: client.signal });
    await watching;
    client.abort();
    await expect(answer).rejects.toThrow();
    await unwatched;
  });

  it("answers 503 when the database goes away meanwhile", async () => {
    const backend = memory();
    const api = await startApi(altered(backend, { changes: { watch: away } }));
    const { id } = await api.submit();
    expect((await api.get(`/v1/invocations/${id}?wait=60`)).status).toBe(503);
  });

  it.each(["-1", "61", "1.5", "soon", "NaN"])("is refused with 400 for ?wait=%s", async (wait) => {
    const api = await startApi(memory());
    const response = await api.get(`/v1/invocations/${newInvocationId()}?wait=${wait}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toMatchObject([{ pointer: "/query/wait" }]);
  });

  it("is answered with what there is when the server stops", async () => {
    const { backend, watching } = watched(memory());
    const api = await startApi(backend);
    const { id } = await api.submit();
    const answer = api.get(`/v1/invocations/${id}?wait=60`);
    await watching;
    await api.close();
    expect(await (await answer).json()).toMatchObject({ id, status: "queued" });
    expect((await answer).headers.get("connection")).toBe("close");
  });
});

describe("a queued invocation", () => {
  it("says what it waits for, and an ended one nothing", async () => {
    const api = await startApi(memory());
    const [now, later] = [await api.submit(), await api.submit({ delayMs: 60_000 })];
    expect(now.waitingFor).toBeNull();
    const waitingFor = async (id: string) =>
      ((await (await api.get(`/v1/invocations/${id}`)).json()) as InvocationRecord).waitingFor;
    expect(await waitingFor(now.id)).toEqual({ reason: "no_worker" });
    expect(await waitingFor(later.id)).toEqual({ reason: "delay", until: expect.any(String) });
    await runToEnd(api.backend, now.id);
    expect(await waitingFor(now.id)).toBeNull();
  });

  it("names a provider that was away", async () => {
    const backend = memory();
    const api = await startApi(
      altered(backend, {
        admission: { waitingFor: async () => ({ reason: "delay", until: "2030-01-02T03:04:05.000Z" }) },
      }),
    );
    const { id } = await api.submit();
    const parsed = InvocationId.parse(id);
    await backend.store.start(parsed, "worker-1");
    const error = invocationError("provider_unavailable", "away");
    const outcome: Outcome = { status: "failed", output: null, messages: [], usage: NO_USAGE, error };
    await backend.store.settle(parsed, 1, { kind: "again", outcome, delayMs: 60_000 });
    const record = (await (await api.get(`/v1/invocations/${id}`)).json()) as InvocationRecord;
    expect(record.waitingFor).toEqual({ reason: "provider", until: "2030-01-02T03:04:05.000Z" });
  });
});

describe("listing invocations", () => {
  it("leads from page to page, newest first, by an opaque cursor and a link", async () => {
    const api = await startApi(memory());
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      const { id } = await recordOf(api.backend, "default", { id: newInvocationId(1_700_000_000_000 + i) });
      ids.unshift(id);
    }
    const seen: string[] = [];
    let path = "/v1/invocations?limit=2&status=queued";
    for (;;) {
      const response = await api.get(path);
      const { items, nextCursor } = (await response.json()) as { items: InvocationRecord[]; nextCursor: string | null };
      seen.push(...items.map(({ id }) => id));
      const link = /^<(?<next>[^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.groups?.next;
      expect(link === undefined).toBe(nextCursor === null);
      if (link === undefined) break;
      expect(link).toContain(`cursor=${nextCursor}`);
      path = link;
    }
    expect(seen).toEqual(ids);
    expect(path).toContain("limit=2");
  });

  it("shows summaries: the beginning of the input, and no instructions, output, messages or artifacts", async () => {
    const api = await startApi(memory());
    const input = "Fix it. ".repeat(100);
    const { id } = await api.submit({ input, instructions: "Be brief.", metadata: { ticket: "X-1" } });
    await runToEnd(api.backend, id, "42");
    const { items } = (await (await api.get("/v1/invocations")).json()) as { items: object[] };
    const {
      instructions,
      output,
      messages,
      artifacts,
      stopReason: _,
      waitingFor: __,
      ...summary
    } = (await (await api.get(`/v1/invocations/${id}`)).json()) as Record<string, unknown>;
    expect([instructions, output, messages, artifacts].every((field) => field !== undefined)).toBe(true);
    expect(summary.input).toBe(input);
    expect(items).toEqual([{ ...summary, input: `${input.slice(0, 500)}…` }]);
  });

  it("can be narrowed to a status, and shows the tenant's only", async () => {
    const api = await startApi(memory());
    const [ended] = [await api.submit(), await api.submit()];
    await runToEnd(api.backend, ended.id);
    await recordOf(api.backend, "other");
    const list = async (query: string) => {
      const response = await api.get(`/v1/invocations${query}`);
      const { items } = (await response.json()) as { items: InvocationRecord[] };
      return items.map(({ id }) => id);
    };
    expect(await list("")).toHaveLength(2);
    expect(await list("?status=succeeded")).toEqual([ended.id]);
    expect(await list("?agent=reviewer")).toEqual([]);
  });

  it("can be narrowed by name, metadata and time, on every page", async () => {
    const api = await startApi(memory());
    await api.submit({ input: "Say hello", metadata: { team: "a & b" } });
    const [first, second] = [
      await api.submit({ name: "Nightly", metadata: { team: "a & b", ticket: "1" } }),
      await api.submit({ input: "nightly", metadata: { team: "a & b", ticket: "1" } }),
    ];
    const query = new URLSearchParams({ name: "NIGHT", "metadata[team]": "a & b", "metadata[ticket]": "1" });
    query.set("since", first.createdAt);
    query.set("until", "2100-01-01T01:00:00+01:00");
    query.set("limit", "1");
    const page = async (path: string) => {
      const response = await api.get(path);
      const { items } = (await response.json()) as { items: InvocationRecord[] };
      return [items[0]?.id, /^<([^>]+)>/.exec(response.headers.get("link") ?? "")?.[1] ?? ""];
    };
    const [newest, next = ""] = await page(`/v1/invocations?${query}`);
    expect(newest).toBe(second.id);
    expect(await page(next)).toEqual([first.id, ""]);
  });

  it("shows another tenant's to operators alone", async () => {
    const backend = memory();
    const other = await recordOf(backend, "other");
    const keys = { admin: ["admin"], operator: ["operator", "invocations:read"] } as const;
    const authenticator = async (key: string) => ({ tenant: "default", scopes: keys[key as keyof typeof keys] });
    const api = await startApi(backend, { authenticator });
    const get = (key: string) => api.get("/v1/invocations?tenant=other", { authorization: `Bearer ${key}` });
    expect(await (await get("operator")).json()).toMatchObject({ items: [{ id: other.id }] });
    expect((await get("admin")).status).toBe(403);
  });

  it.each([
    ["limit=0", "/query/limit"],
    ["limit=101", "/query/limit"],
    ["limit=many", "/query/limit"],
    ["cursor=nonsense", "/query/cursor"],
    ["cursor=", "/query/cursor"],
    ["status=done", "/query/status"],
    ["staus=queued", "/query/staus"],
    ["since=yesterday", "/query/since"],
    ["since=2030-01-02T00:00:00Z&until=2030-01-01T00:00:00Z", "/query/until"],
    ["metadata=x", "/query/metadata"],
    ["metadata[a]=1&metadata[a]=2", "/query/metadata/a"],
    [Array.from({ length: 11 }, (_, i) => `metadata[${i}]=1`).join("&"), "/query/metadata"],
    [`name=${"x".repeat(201)}`, "/query/name"],
    ["tenant=../x", "/query/tenant"],
    ["limit=1&limit=2", "/query/limit"],
  ])("is refused with 400 for ?%s", async (query, pointer) => {
    const api = await startApi(memory());
    const response = await api.get(`/v1/invocations?${query}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toMatchObject([{ pointer }]);
  });
});
