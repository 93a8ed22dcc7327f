import { connect } from "node:net";
import { type Backend, type Event, type InvocationId, newInvocationId } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { problemOf, startApi } from "../testing/api.ts";
import { altered, away } from "../testing/backends.ts";
import { EventReader } from "../testing/event-reader.ts";
import { runToEnd, startAttempt, succeed } from "../testing/runs.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });
const JSON_ONLY = { accept: "application/json" };

async function say(backend: Backend, id: InvocationId, attempt: number, ...texts: string[]): Promise<void> {
  const at = new Date().toISOString();
  const events: Event[] = texts.map((text) => ({ type: "message.delta", at, attempt, channel: "text", text }));
  await backend.events.append(id, attempt, events);
}

/** A backend that tells when the first stream has stopped to listen. */
function watched(): { backend: Backend; unwatched: Promise<void> } {
  const inner = memory();
  const { promise: unwatched, resolve } = Promise.withResolvers<void>();
  const watch: Backend["changes"]["watch"] = async (id, listener) => {
    const unwatch = await inner.changes.watch(id, listener);
    return () => {
      unwatch();
      resolve();
    };
  };
  return { backend: altered(inner, { changes: { watch } }), unwatched };
}

describe("the event stream", () => {
  it("shows what was, then what happens, and ends after the terminal event", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const response = await api.get(`/v1/invocations/${id}/events`, { accept: "text/event-stream" });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const reader = new EventReader(response);
    expect((await reader.next())?.event).toBe("invocation.queued");
    const attempt = await startAttempt(api.backend, id);
    expect((await reader.next())?.event).toBe("attempt.started");
    await say(api.backend, id, attempt, "héllo\nworld");
    const delta = await reader.next();
    expect(delta).toMatchObject({ event: "message.delta", data: { text: "héllo\nworld", attempt, channel: "text" } });
    expect(delta?.id).toMatch(/^\d+-\d+$/);
    await succeed(api.backend, id, attempt);
    const rest = await reader.rest();
    expect(rest.map(({ event }) => event)).toEqual(["attempt.ended", "invocation.succeeded"]);
  });

  it("of an invocation that has ended shows all of it and ends", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await runToEnd(api.backend, id);
    const events = await new EventReader(await api.get(`/v1/invocations/${id}/events`)).rest();
    expect(events.at(0)?.event).toBe("invocation.queued");
    expect(events.at(-1)?.event).toBe("invocation.succeeded");
  });

  it("goes on behind Last-Event-ID, without a gap and without a repetition", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const attempt = await startAttempt(api.backend, id);
    await say(api.backend, id, attempt, ...Array.from({ length: 200 }, (_, i) => `${i}`));
    await succeed(api.backend, id, attempt);
    const all = await new EventReader(await api.get(`/v1/invocations/${id}/events`)).rest();
    const seen = all[99]?.id ?? "";
    const rest = await new EventReader(await api.get(`/v1/invocations/${id}/events`, { "last-event-id": seen })).rest();
    expect(rest).toEqual(all.slice(100));
  });

  it("answers 204 to a client that has read all of it, so that it does not come back", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await runToEnd(api.backend, id);
    const events = await new EventReader(await api.get(`/v1/invocations/${id}/events`)).rest();
    const last = events.at(-1)?.id ?? "";
    expect((await api.get(`/v1/invocations/${id}/events`, { "last-event-id": last })).status).toBe(204);
  });

  it("keeps an idle connection open with comments", async () => {
    const api = await startApi(memory(), { heartbeatMs: 5 });
    const { id } = await api.submit();
    const reader = new EventReader(await api.get(`/v1/invocations/${id}/events`));
    await reader.until(": heartbeat");
    await reader.cancel();
  });

  it("holds back what the client does not read yet, and brings all of it in the end", async () => {
    const inner = memory();
    const big = "x".repeat(100_000);
    let reads = 0;
    const read: Backend["events"]["read"] = (id, options) => {
      reads += 1;
      return inner.events.read(id, { ...options, limit: 1 });
    };
    const api = await startApi(altered(inner, { events: { read } }));
    const { id } = await api.submit();
    const attempt = await startAttempt(inner, id);
    for (let i = 0; i < 500; i += 1) await say(inner, id, attempt, big);
    const reader = new EventReader(await api.get(`/v1/invocations/${id}/events`));
    await reader.next();
    await succeed(inner, id, attempt);
    // The socket's buffers take a few megabytes of the 50; all else waits in the log.
    expect(reads).toBeLessThan(400);
    expect((await reader.rest()).filter(({ event }) => event === "message.delta")).toHaveLength(500);
  });

  it("cuts off a reader that takes nothing, with a reason and nothing lost", async () => {
    const backend = memory();
    const api = await startApi(backend, { stalledMs: 300 });
    const { id } = await api.submit();
    const attempt = await startAttempt(backend, id);
    for (let i = 0; i < 300; i += 1) await say(backend, id, attempt, "x".repeat(100_000));
    await succeed(backend, id, attempt);
    const reader = new EventReader(await api.get(`/v1/invocations/${id}/events`));
    await expect.poll(() => api.log.join(), { timeout: 10_000 }).toContain("cut off a reader");
    await reader.until(": you were cut off because you read too slowly; go on with Last-Event-ID");
    const rest = await reader.rest();
    expect(rest.at(-1)?.event).not.toBe("invocation.succeeded");
  });

  it("disconnects a reader that does not even take the reason", async () => {
    const { backend, unwatched } = watched();
    const api = await startApi(backend, { stalledMs: 50 });
    const { id } = await api.submit();
    const attempt = await startAttempt(backend, id);
    for (let i = 0; i < 300; i += 1) await say(backend, id, attempt, "x".repeat(100_000));
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /v1/invocations/${id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await unwatched;
    socket.destroy();
  });

  it("stops to read the log when the client is gone", async () => {
    const { backend, unwatched } = watched();
    const api = await startApi(backend);
    const { id } = await api.submit();
    const reader = new EventReader(await api.get(`/v1/invocations/${id}/events`));
    await reader.next();
    await reader.cancel();
    await unwatched;
    expect((await backend.store.get("default", id))?.status).toBe("queued");
  });

  it("waits while the database is away, and goes on when it is back", async () => {
    const inner = memory();
    let isAway = false;
    const read: Backend["events"]["read"] = (id, options) => (isAway ? away() : inner.events.read(id, options));
    const api = await startApi(altered(inner, { events: { read } }), { heartbeatMs: 5 });
    const { id } = await api.submit();
    const reader = new EventReader(await api.get(`/v1/invocations/${id}/events`));
    await reader.next();
    isAway = true;
    const attempt = await startAttempt(inner, id);
    await reader.until(": heartbeat");
    isAway = false;
    expect((await reader.next())?.event).toBe("attempt.started");
    await succeed(inner, id, attempt);
    await reader.rest();
  });

  it("of an invocation that has ended waits, too, while the database is away, and shows all of it", async () => {
    const inner = memory();
    let reads = 0;
    const read: Backend["events"]["read"] = (id, options) => {
      reads += 1;
      return reads === 2 ? away() : inner.events.read(id, options);
    };
    const api = await startApi(altered(inner, { events: { read } }));
    const { id } = await api.submit();
    const attempt = await startAttempt(inner, id);
    await say(inner, id, attempt, ...Array.from({ length: 100 }, (_, i) => `${i}`));
    await succeed(inner, id, attempt);
    const events = await new EventReader(await api.get(`/v1/invocations/${id}/events`)).rest();
    expect(events).toHaveLength(104);
    expect(events.at(-1)?.event).toBe("invocation.succeeded");
  });

  it("ends with the invocation also for a client that came with an id of the future", async () => {
    const api = await startApi(memory(), { heartbeatMs: 5 });
    const { id } = await api.submit();
    const response = await api.get(`/v1/invocations/${id}/events`, { "last-event-id": "9999999999999999-0" });
    const reader = new EventReader(response);
    await reader.until(": heartbeat");
    await runToEnd(api.backend, id);
    expect(await reader.rest()).toEqual([]);
  });

  it("is ended properly when the server stops", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const reader = new EventReader(await api.get(`/v1/invocations/${id}/events`));
    await reader.next();
    await api.close();
    expect(await reader.rest()).toEqual([]);
  });

  it.each(["latest", "1-2-3", "-1"])("refuses %s as Last-Event-ID with 400", async (lastEventId) => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const response = await api.get(`/v1/invocations/${id}/events`, { "last-event-id": lastEventId });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toMatchObject([{ pointer: "/header/last-event-id" }]);
  });

  it("of an unknown invocation is a 404 problem, and a 503 while the database is away", async () => {
    const api = await startApi(memory());
    expect((await api.get(`/v1/invocations/${newInvocationId()}/events`)).status).toBe(404);
    const without = await startApi(altered(memory(), { store: { summary: away } }));
    expect((await without.get(`/v1/invocations/${newInvocationId()}/events`)).status).toBe(503);
  });
});

describe("a page of events", () => {
  it("runs oldest first and leads to the next one", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await runToEnd(api.backend, id);
    const types: string[] = [];
    let path: string | undefined = `/v1/invocations/${id}/events?limit=2`;
    while (path) {
      const response: Response = await api.get(path, JSON_ONLY);
      expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
      const { items, nextCursor } = (await response.json()) as { items: { type: string }[]; nextCursor: string | null };
      types.push(...items.map(({ type }) => type));
      path = /<(?<next>[^>]+)>/.exec(response.headers.get("link") ?? "")?.groups?.next;
      expect(path?.includes(`after=${nextCursor}`)).toBe(nextCursor === null ? undefined : true);
    }
    expect(types).toEqual(["invocation.queued", "attempt.started", "attempt.ended", "invocation.succeeded"]);
  });

  it.each(["after", "cursor"])("begins behind the event that ?%s names", async (name) => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await runToEnd(api.backend, id);
    const all = await api.get(`/v1/invocations/${id}/events`, JSON_ONLY);
    const { items } = (await all.json()) as { items: { id: string }[] };
    const response = await api.get(`/v1/invocations/${id}/events?${name}=${items[1]?.id}`, JSON_ONLY);
    expect(await response.json()).toEqual({ items: items.slice(2), nextCursor: null });
  });

  it.each(["lastEventId", "last-event-id", "evs_last_event_id"])(
    "takes from polyfills the id in ?%s, an empty one, and what keeps caches away",
    async (name) => {
      const api = await startApi(memory());
      const { id } = await api.submit();
      await runToEnd(api.backend, id);
      const read = async (query: string, headers: Record<string, string> = {}) => {
        const response = await api.get(`/v1/invocations/${id}/events?${query}`, {
          accept: "text/event-stream",
          ...headers,
        });
        expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
        return (await new EventReader(response).rest()).map((message) => message.id);
      };
      const all = await read(`${name}=&r=0.123&_=1760000000000&evs_preamble=2056`, { "last-event-id": "" });
      expect(all).toHaveLength(4);
      expect(await read(`${name}=${all[1]}`)).toEqual(all.slice(2));
      expect(await read(`${name}=${all[0]}`, { "last-event-id": all[2] ?? "" })).toEqual(all.slice(3));
    },
  );

  it.each(["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "text/event-stream, */*", "text/*", ";;q=", ""])(
    "streams for Accept: %s",
    async (accept) => {
      const api = await startApi(memory());
      const { id } = await api.submit();
      await runToEnd(api.backend, id);
      const response = await api.get(`/v1/invocations/${id}/events`, { accept });
      expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
      const text = await response.text();
      expect(text).toMatch(/^retry: 1000\n\nid: /);
    },
  );

  it.each(["after=x", "limit=0", "limit=1001"])("is refused with 400 for ?%s", async (query) => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    expect((await api.get(`/v1/invocations/${id}/events?${query}`, JSON_ONLY)).status).toBe(400);
  });
});
