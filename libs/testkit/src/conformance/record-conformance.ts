import { type InvocationId, newInvocationId, type SubmissionInput, toSummary } from "@pifleet/invocation";
import { describe, expect, it, vi } from "vitest";
import { sampleInvocation } from "../samples/invocation.ts";
import { sampleSpan } from "../samples/span.ts";
import {
  type MakeBackend,
  newInvocation,
  openSlots,
  submit,
  submitPaused,
  submitRunning,
  useBackends,
} from "./make-backend.ts";
import { crashed, succeeded } from "./samples.ts";

const KEY = { key: "ticket:1 ä", fingerprint: "f-1" };

/** Creating, reading and listing. */
export function describeRecords(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("create", () => {
    it("writes an invocation that reads back as it was given", async () => {
      const { store } = await open();
      const invocation = newInvocation({ agent: "reviewer", tenant: "a:b|c" });
      expect(await store.create(invocation)).toEqual({ kind: "created", invocation, admitted: [] });
      expect(await store.get("a:b|c", invocation.id)).toEqual(invocation);
    });

    it("answers a repeated idempotency key with the invocation that it stands for", async () => {
      const { store } = await open();
      const first = newInvocation();
      const [created, replayed] = [
        await store.create(first, { idempotency: KEY }),
        await store.create(newInvocation(), { idempotency: KEY }),
      ];
      expect(created.kind).toBe("created");
      expect(replayed).toEqual({ kind: "replayed", invocation: first });
    });

    it("lets a key stand for an invocation that waits for a year", async () => {
      const { store } = await open();
      const invocation = newInvocation({ delayMs: 365 * 86_400_000 });
      await store.create(invocation, { idempotency: KEY });
      await store.cancel("acme", invocation.id);
      const record = await store.read(invocation.id);
      expect(await store.create(newInvocation(), { idempotency: KEY })).toEqual({
        kind: "replayed",
        invocation: record,
      });
    });

    it("refuses an idempotency key that was used with another body", async () => {
      const { store } = await open();
      await store.create(newInvocation(), { idempotency: KEY });
      const other = newInvocation();
      expect(await store.create(other, { idempotency: { ...KEY, fingerprint: "f-2" } })).toEqual({
        kind: "key_conflict",
      });
      expect(await store.get("acme", other.id)).toBeNull();
    });

    it("creates one invocation when one key is used many times at once", async () => {
      const { store } = await open();
      const creations = await Promise.all(
        Array.from({ length: 8 }, () => store.create(newInvocation(), { idempotency: KEY })),
      );
      expect(creations.filter(({ kind }) => kind === "created")).toHaveLength(1);
      const ids = creations.map((creation) => "invocation" in creation && creation.invocation.id);
      expect(new Set(ids).size).toBe(1);
    });

    it("writes the spans of the submission with it, and none of one that is not taken", async () => {
      const { store, spans } = await open();
      const [first, replay, conflict] = [newInvocation(), newInvocation(), newInvocation()];
      const submitted = [sampleSpan(0, "POST /v1/invocations"), sampleSpan(0, "send invocations")];
      await store.create(first, { idempotency: KEY, spans: submitted });
      await store.create(replay, { idempotency: KEY, spans: submitted });
      await store.create(conflict, { idempotency: { ...KEY, fingerprint: "f-2" }, spans: submitted });
      expect(await spans.read(first.id)).toEqual(submitted);
      expect([await spans.read(replay.id), await spans.read(conflict.id)]).toEqual([[], []]);
    });

    it("keeps the idempotency keys of tenants apart", async () => {
      const { store } = await open();
      await store.create(newInvocation(), { idempotency: KEY });
      expect(await store.create(newInvocation({ tenant: "other" }), { idempotency: KEY })).toMatchObject({
        kind: "created",
      });
    });
  });

  describe("get", () => {
    it("finds nothing for an unknown id, or for another tenant", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      expect(await backend.store.get("acme", newInvocationId())).toBeNull();
      expect(await backend.store.get("other", id)).toBeNull();
    });
  });

  describe("status and summary", () => {
    it("tell of an invocation of the tenant, and of no other", async () => {
      const { store } = await open();
      const invocation = newInvocation();
      await store.create(invocation);
      expect(await store.status("acme", invocation.id)).toBe("queued");
      expect(await store.summary("acme", invocation.id)).toEqual(toSummary(invocation));
      expect([await store.status("other", invocation.id), await store.summary("other", invocation.id)]).toEqual([
        null,
        null,
      ]);
      expect([await store.status("acme", newInvocationId()), await store.summary("acme", newInvocationId())]).toEqual([
        null,
        null,
      ]);
    });

    it("follow an invocation to its end, and leave out what may be large", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      expect(await backend.store.status("acme", id)).toBe("running");
      await backend.store.settle(id, 1, { kind: "final", outcome: succeeded() });
      expect(await backend.store.status("acme", id)).toBe("succeeded");
      const record = await backend.store.read(id);
      const summary = await backend.store.summary("acme", id);
      expect(summary).toEqual(record && toSummary(record));
      for (const large of ["output", "messages", "artifacts", "submission"]) expect(summary).not.toHaveProperty(large);
    });
  });

  describe("list", () => {
    it("shows summaries", async () => {
      const backend = await open();
      const invocation = await submit(backend);
      const { items } = await backend.store.list({ tenant: "acme", limit: 1 });
      expect(items).toEqual([toSummary(invocation)]);
    });

    it("pages newest first, to the end, and shows no other tenant's", async () => {
      const backend = await open();
      const ids = [1, 2, 3, 4, 5].map((ms) => newInvocationId(ms));
      for (const id of ids) await submit(backend, { id });
      await submit(backend, { tenant: "other" });
      const first = await backend.store.list({ tenant: "acme", limit: 3 });
      expect(first.items.map(({ id }) => id)).toEqual([ids[4], ids[3], ids[2]]);
      expect(first.next).toBe(ids[2]);
      const second = await backend.store.list({ tenant: "acme", limit: 3, after: first.next ?? undefined });
      expect(second.items.map(({ id }) => id)).toEqual([ids[1], ids[0]]);
      expect(second.next).toBeNull();
    });

    it("has no next page when the last one is full", async () => {
      const backend = await open();
      await submit(backend);
      expect(await backend.store.list({ tenant: "acme", limit: 1 })).toMatchObject({ next: null });
    });

    it("follows an invocation from status to status", async () => {
      const backend = await open();
      const { store } = backend;
      const { id } = await submit(backend);
      const listed = async (status: "queued" | "running" | "succeeded") =>
        (await store.list({ tenant: "acme", status, limit: 10 })).items.length;
      expect([await listed("queued"), await listed("running")]).toEqual([1, 0]);
      await store.start(id, "worker-1");
      expect([await listed("queued"), await listed("running")]).toEqual([0, 1]);
      await store.settle(id, 1, { kind: "final", outcome: succeeded() });
      expect([await listed("running"), await listed("succeeded")]).toEqual([0, 1]);
    });

    it("finds those with a text in their name, with metadata and of a time", async () => {
      const backend = await open();
      const ids = [1_000, 2_000, 3_000].map((ms) => newInvocationId(ms));
      const [first, second, third] = ids;
      const add = (id: InvocationId | undefined, submission: Partial<SubmissionInput>) =>
        backend.store.create(sampleInvocation(submission, { tenant: "acme", ...(id && { id }) }));
      await add(first, { name: "Nightly build", metadata: { team: "a", ticket: "X-1" } });
      await add(second, { input: "Fix the BUILD", metadata: { team: "a" } });
      await add(third, { input: "Say hello", metadata: { team: "b" } });
      const found = async (query: object) =>
        (await backend.store.list({ tenant: "acme", limit: 10, ...query })).items.map(({ id }) => id);
      expect(await found({ name: "build" })).toEqual([second, first]);
      expect(await found({ name: "nothing" })).toEqual([]);
      expect(await found({ metadata: { team: "a" } })).toEqual([second, first]);
      expect(await found({ metadata: { team: "a", ticket: "X-1" } })).toEqual([first]);
      expect(await found({ metadata: { toString: "" } })).toEqual([]);
      expect(await found({ since: 2_000 })).toEqual([third, second]);
      expect(await found({ until: 2_000 })).toEqual([first]);
      expect(await found({ since: 2_000, until: 2_001, status: "queued", after: third })).toEqual([second]);
      expect(await found({ since: 3_000, after: second })).toEqual([]);
    });

    it("finds those of one agent, in one status or in any", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend, { agent: "reviewer" });
      await submit(backend, { agent: "writer" });
      await submit(backend);
      const ofReviewer = { tenant: "acme", agent: "reviewer", limit: 1 };
      expect((await backend.store.list(ofReviewer)).items.map((item) => item.id)).toEqual([id]);
      expect((await backend.store.list({ ...ofReviewer, status: "queued" })).items).toEqual([]);
      expect((await backend.store.list({ ...ofReviewer, status: "running" })).items).toHaveLength(1);
    });
  });

  describe("open", () => {
    it("names what has not ended, of all tenants and in every status, oldest first", async () => {
      const backend = await open();
      const { store } = backend;
      const [paused, queued, running] = [newInvocationId(1), newInvocationId(2), newInvocationId(3)];
      const [ended, cancelled] = [newInvocationId(4), newInvocationId(5)];
      await submit(backend, { id: queued, tenant: "other" });
      await submitPaused(backend, { id: paused });
      for (const id of [running, ended]) await submitRunning(backend, { id });
      await submit(backend, { id: cancelled });
      await store.settle(ended, 1, { kind: "final", outcome: succeeded() });
      await store.cancel("acme", cancelled);
      expect(await store.open()).toEqual([paused, queued, running]);
      expect(await store.open(paused)).toEqual([queued, running]);
      expect(await store.open(running)).toEqual([]);
    });

    it("names one that waits for another attempt", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.settle(id, 1, { kind: "again", outcome: crashed(), delayMs: 0 });
      expect(await backend.store.open()).toEqual([id]);
    });

    it("names 500 at once, and the others behind them", async () => {
      const backend = await open();
      const ids = Array.from({ length: 501 }, (_, i) => newInvocationId(i + 1));
      await Promise.all(ids.map((id) => submit(backend, { id })));
      const first = await backend.store.open();
      expect(first).toEqual(ids.slice(0, 500));
      expect(await backend.store.open(first.at(-1))).toEqual(ids.slice(500));
    });
  });

  describe("read", () => {
    it("gives an invocation whoever owns it, and null for one that does not exist", async () => {
      const backend = await open();
      const { id } = await submit(backend, { tenant: "other" });
      expect(await backend.store.read(id)).toMatchObject({ id, tenant: "other" });
      expect(await backend.store.read(newInvocationId())).toBeNull();
    });
  });

  describe("newestAttempts", () => {
    it("tells the number of each, whoever owns it, and null for one that does not exist", async () => {
      const backend = await open();
      const queued = await submit(backend, { tenant: "other" });
      const running = await submitRunning(backend);
      const ids = [running.id, newInvocationId(), queued.id];
      expect(await backend.store.newestAttempts(ids)).toEqual([1, null, 0]);
      expect(await backend.store.newestAttempts([])).toEqual([]);
    });
  });

  describe("unqueued", () => {
    it("names what was admitted and neither marked as enqueued, nor started, nor ended", async () => {
      const backend = await open();
      const { store } = backend;
      await openSlots(backend, 4);
      const forgotten = await submit(backend);
      const enqueued = await submit(backend);
      await store.markEnqueued(enqueued.id);
      await submitRunning(backend);
      const ended = await submit(backend);
      await store.cancel("acme", ended.id);
      await submit(backend, { delayMs: 60_000 });
      expect(await store.unqueued(0)).toEqual([forgotten]);
      expect(await store.unqueued(3_600_000)).toEqual([]);
    });
  });

  describe("retention", () => {
    it("drops an ended invocation with its events, spans, idempotency key and place in the lists", async () => {
      const backend = await open(1);
      const { store } = backend;
      const invocation = newInvocation();
      await store.create(invocation, { idempotency: KEY });
      const kept = await submit(backend);
      await store.cancel("acme", invocation.id);
      await vi.waitFor(async () => expect(await store.get("acme", invocation.id)).toBeNull());
      await vi.waitFor(async () => expect(await store.expire()).toBe(1));
      expect(await store.expire()).toBe(0);
      expect((await store.list({ tenant: "acme", limit: 10 })).items.map(({ id }) => id)).toEqual([kept.id]);
      expect(await backend.events.read(invocation.id, { limit: 10 })).toEqual({ events: [], more: false });
      expect(await store.create(newInvocation(), { idempotency: KEY })).toMatchObject({ kind: "created" });
    });
  });
}
