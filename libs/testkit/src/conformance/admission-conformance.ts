import {
  type AdmissionLimits,
  type Backend,
  type InvocationId,
  MAX_PRIORITY,
  NO_LIMITS,
  newInvocationId,
} from "@pifleet/invocation";
import { describe, expect, it, vi } from "vitest";
import { CARRIER, enqueue, useInboxes } from "./claiming.ts";
import { type Given, type MakeBackend, newInvocation, openSlots, submit, useBackends } from "./make-backend.ts";
import { succeeded } from "./samples.ts";

const ENTRY = { carrier: CARRIER, priority: 0, delayMs: 0 };

/** Who is next, and what may wait. */
export function describeAdmissionConformance(name: string, makeBackend: MakeBackend): void {
  describe(`the admission ${name}`, () => {
    describeTurns(makeBackend);
    describePlaces(makeBackend);
    describeLimits(makeBackend);
    describeRepairs(makeBackend);
  });
}

function describeTurns(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("a turn", () => {
    it("comes at once while a place is free: the submission tells what is to be put into the queue", async () => {
      const backend = await open();
      await openSlots(backend, 1);
      const invocation = newInvocation({ priority: 7, carrier: { traceparent: "00-1-2-01" } });
      const { id, carrier } = invocation;
      const admitted = [{ id, carrier, priority: 7, delayMs: 0, mayNeedReserve: false }];
      expect(await backend.store.create(invocation)).toEqual({ kind: "created", invocation, admitted });
      expect(await backend.admission.admit()).toEqual([]);
      expect(await backend.admission.standing()).toMatchObject({ waiting: 0, admitted: 1, tenants: [] });
    });

    it("never comes while no worker is alive", async () => {
      const backend = await open();
      await submit(backend);
      expect(await backend.admission.admit()).toEqual([]);
      expect(await backend.admission.standing()).toMatchObject({ waiting: 1, scheduled: 0, admitted: 0 });
    });

    it("goes from tenant to tenant, however much one of them has submitted", async () => {
      const backend = await open();
      const flood = await submitAll(backend, 6, { tenant: "flooding" });
      const calm = await submitAll(backend, 2, { tenant: "calm" });
      await openSlots(backend, 1);
      const order = await runAll(backend);
      expect(order).toHaveLength(8);
      expect(order.slice(0, 4).filter((id) => calm.includes(id))).toHaveLength(2);
      expect(order.filter((id) => flood.includes(id))).toEqual(flood);
    });

    it("earns nothing by having waited for nothing", async () => {
      const backend = await open();
      await submitAll(backend, 5, { tenant: "early" });
      await openSlots(backend, 1);
      expect(await runAll(backend)).toHaveLength(5);
      await backend.workers.leave("worker-1");
      const early = await submitAll(backend, 3, { tenant: "early" });
      const late = await submitAll(backend, 3, { tenant: "late" });
      await openSlots(backend, 1);
      const order = await runAll(backend);
      const firstFour = order.slice(0, 4);
      expect([early, late].map((own) => firstFour.filter((id) => own.includes(id)).length)).toEqual([2, 2]);
    });

    it("goes by priority within a tenant, and by age within a priority", async () => {
      const backend = await open();
      const low = await submitAll(backend, 2, {});
      const high = await submitAll(backend, 1, { priority: MAX_PRIORITY });
      const middle = await submitAll(backend, 1, { priority: 1 });
      await openSlots(backend, 1);
      expect(await runAll(backend)).toEqual([...high, ...middle, ...low]);
    });

    it("does not come before the delay that was asked for is over", async () => {
      const backend = await open();
      await openSlots(backend, 2);
      const [id] = await submitAll(backend, 1, { delayMs: 150 });
      expect(await backend.admission.admit()).toEqual([]);
      expect(await backend.admission.standing()).toMatchObject({ waiting: 0, scheduled: 1, admitted: 0 });
      await vi.waitFor(async () => expect(await backend.admission.admit()).toMatchObject([{ id, delayMs: 0 }]));
      expect(await backend.admission.standing()).toMatchObject({ waiting: 0, scheduled: 0, admitted: 1 });
    });

    it("passes by what was cancelled while it waited", async () => {
      const backend = await open();
      const [first, second] = await submitAll(backend, 2, {});
      const delayed = await submit(backend, { delayMs: 60_000 });
      for (const id of [first, delayed.id]) await backend.store.cancel("acme", id as InvocationId);
      await openSlots(backend, 1);
      expect(await backend.admission.admit()).toMatchObject([{ id: second }]);
      expect(await backend.admission.standing()).toMatchObject({ waiting: 0, scheduled: 0, admitted: 1 });
    });
  });
}

function describePlaces(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);
  const consume = useInboxes();

  describe("a place", () => {
    it("is kept free by each worker for a tenant who has none", async () => {
      const backend = await open();
      await openSlots(backend, 2);
      await submitAll(backend, 5, { tenant: "flooding" });
      expect(await backend.admission.standing()).toMatchObject({ waiting: 3, admitted: 2 });
      const one = await backend.store.create(newInvocation({ tenant: "calm" }));
      expect(one).toMatchObject({ admitted: [{ mayNeedReserve: true }] });
      const two = await backend.store.create(newInvocation({ tenant: "calm" }));
      expect(two).toMatchObject({ admitted: [] });
      expect(await backend.store.create(newInvocation({ tenant: "third" }))).toMatchObject({ admitted: [] });
      const { tenants } = await backend.admission.standing();
      expect(tenants).toContainEqual({ tenant: "flooding", waiting: 3, admitted: 2 });
      expect(tenants).toContainEqual({ tenant: "calm", waiting: 1, admitted: 1 });
      expect(tenants).toContainEqual({ tenant: "third", waiting: 1, admitted: 0 });
    });

    it("that is kept free is used by a consumer's reserve, and by nobody else's entries", async () => {
      const backend = await open();
      await openSlots(backend, 1);
      const inbox = consume(backend, { concurrency: 1, reserve: 1 });
      const [first] = await submitAll(backend, 1, { tenant: "flooding" });
      await backend.queue.enqueue({ ...ENTRY, id: first as InvocationId });
      const held = await inbox.next();
      const other = await enqueue(backend);
      expect([await backend.queue.depth(), inbox.unread]).toMatchObject([{ waiting: 1, claimed: 1 }, 0]);
      await backend.queue.remove(other);
      const [id] = await submitAll(backend, 1, { tenant: "calm" });
      await backend.queue.enqueue({ ...ENTRY, priority: 1, id: id as InvocationId, mayNeedReserve: true });
      expect((await inbox.next()).claim.id).toBe(id);
      expect([held.claim.id, await backend.queue.depth()]).toMatchObject([first, { waiting: 0, claimed: 2 }]);
    });

    it("is free again when the invocation has ended, or was handed back, and taken by the one that starts", async () => {
      const backend = await open();
      const { store, admission } = backend;
      await openSlots(backend, 1);
      const ids = await submitAll(backend, 3, {});
      await run(backend, ids[0]);
      expect(await admission.admit()).toMatchObject([{ id: ids[1] }]);
      await startOf(backend, ids[1]);
      await store.settle(ids[1] as InvocationId, 1, { kind: "handed_back", outcome: succeeded() });
      expect(await admission.standing()).toMatchObject({ admitted: 0, waiting: 1 });
      await startOf(backend, ids[1]);
      expect(await admission.admit()).toEqual([]);
      await store.cancel("acme", ids[2] as InvocationId);
      expect(await admission.standing()).toMatchObject({ admitted: 1, waiting: 0, oldestMs: 0 });
    });
  });

  describe("the wait of the oldest invocation", () => {
    it("grows while one waits for its turn, and is over when none does", async () => {
      const backend = await open();
      const { store, admission } = backend;
      expect(await admission.standing()).toMatchObject({ oldestMs: 0 });
      const [first] = await submitAll(backend, 1, { tenant: "acme" });
      const oldest = async () => (await admission.standing()).oldestMs;
      await expect.poll(oldest).toBeGreaterThan(20);
      const before = await oldest();
      await submitAll(backend, 1, { tenant: "other", priority: 9 });
      expect(await oldest()).toBeGreaterThanOrEqual(before);
      await store.cancel("acme", first as InvocationId);
      await expect.poll(oldest).toBeGreaterThan(0);
      expect(await admission.standing()).toMatchObject({ waiting: 1 });
    });

    it("does not count the delay, and ends with a place", async () => {
      const backend = await open();
      await submitAll(backend, 1, { delayMs: 60_000 });
      expect(await backend.admission.standing()).toMatchObject({ scheduled: 1, oldestMs: 0 });
      await submitAll(backend, 1, {});
      await expect.poll(async () => (await backend.admission.standing()).oldestMs).toBeGreaterThan(0);
      await openSlots(backend, 1);
      expect(await backend.admission.admit()).toHaveLength(1);
      expect(await backend.admission.standing()).toMatchObject({ waiting: 0, oldestMs: 0 });
    });
  });
}

function describeLimits(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);
  const limited = (limits: Partial<AdmissionLimits>) => open(undefined, { ...NO_LIMITS, ...limits });

  describe("a limit", () => {
    it("on what a tenant has queued refuses only this tenant, until there is room", async () => {
      const backend = await limited({ tenantQueued: 2 });
      const { store } = backend;
      const [first] = await submitAll(backend, 2, {});
      const refused = newInvocation();
      expect(await store.create(refused)).toEqual({ kind: "queue_full", of: "tenant", max: 2 });
      expect(await store.get("acme", refused.id)).toBeNull();
      expect(await store.create(newInvocation({ tenant: "other" }))).toMatchObject({ kind: "created" });
      await store.cancel("acme", first as InvocationId);
      expect(await store.create(newInvocation())).toMatchObject({ kind: "created" });
    });

    it("on what all have queued counts those that have no place", async () => {
      const backend = await limited({ queued: 2 });
      const { store } = backend;
      await openSlots(backend, 1);
      await submitAll(backend, 3, {});
      const other = newInvocation({ tenant: "other", delayMs: 60_000 });
      expect(await store.create(other)).toEqual({ kind: "queue_full", of: "fleet", max: 2 });
    });

    it("never refuses a submission that was taken before, and leaves no key behind of one that it refused", async () => {
      const { store } = await limited({ tenantQueued: 1 });
      const [taken, refused] = [
        { key: "k-1", fingerprint: "f" },
        { key: "k-2", fingerprint: "f" },
      ];
      const invocation = newInvocation();
      await store.create(invocation, { idempotency: taken });
      expect(await store.create(newInvocation(), { idempotency: taken })).toMatchObject({ kind: "replayed" });
      expect(await store.create(newInvocation(), { idempotency: refused })).toMatchObject({ kind: "queue_full" });
      await store.cancel("acme", invocation.id);
      expect(await store.create(newInvocation(), { idempotency: refused })).toMatchObject({ kind: "created" });
    });

    it("on what a tenant runs leaves places to others", async () => {
      const backend = await limited({ tenantRunning: 2 });
      await openSlots(backend, 4);
      const [first] = await submitAll(backend, 3, { tenant: "acme" });
      const others = await submitAll(backend, 1, { tenant: "other" });
      const { admission } = backend;
      expect(await admission.standing()).toMatchObject({ admitted: 3, waiting: 1 });
      expect(others).toHaveLength(1);
      await run(backend, first);
      expect(await admission.admit()).toHaveLength(1);
    });
  });
}

function describeRepairs(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("what went wrong", () => {
    it("shows: an invocation that waits nowhere is absent, and waits again when it is asked to", async () => {
      const backend = await open();
      const { admission } = backend;
      const waiting = await submit(backend);
      const delayed = await submit(backend, { delayMs: 60_000 });
      await backend.store.cancel("acme", (await submit(backend)).id);
      await openSlots(backend, 1);
      expect(await admission.admit()).toMatchObject([{ id: waiting.id }]);
      expect(await admission.absent([waiting.id, delayed.id])).toEqual([waiting.id]);
      expect(await admission.absent([])).toEqual([]);
      await admission.enter(waiting.id, 0);
      expect(await admission.absent([waiting.id, delayed.id])).toEqual([]);
      expect(await admission.admit()).toMatchObject([{ id: waiting.id }]);
      await admission.enter(waiting.id, 60_000);
      expect(await admission.standing()).toMatchObject({ waiting: 0, scheduled: 2, admitted: 0 });
    });

    it("leaves one alone that runs or has ended, and frees no place that is needed", async () => {
      const backend = await open();
      const { admission } = backend;
      await openSlots(backend, 2);
      const [running, ended] = await submitAll(backend, 2, {});
      await startOf(backend, running);
      await run(backend, ended);
      for (const id of [running, ended]) await admission.enter(id as InvocationId, 0);
      expect(await admission.repair()).toBe(0);
      expect(await admission.standing()).toMatchObject({ waiting: 0, admitted: 1 });
    });
  });
}

async function submitAll(backend: Backend, count: number, given: Given): Promise<InvocationId[]> {
  const ids = Array.from({ length: count }, () => newInvocationId()).toSorted();
  for (const id of ids) await submit(backend, { ...given, id });
  return ids;
}

async function startOf({ store }: Backend, id: InvocationId | undefined): Promise<number> {
  if (!id) throw new Error("there is no such invocation");
  const started = await store.start(id, "worker-1");
  if (started.kind !== "started") throw new Error("it did not start");
  return started.invocation.attempt;
}

/** Runs an invocation from start to end. */
async function run(backend: Backend, id: InvocationId | undefined): Promise<void> {
  const attempt = await startOf(backend, id);
  await backend.store.settle(id as InvocationId, attempt, { kind: "final", outcome: succeeded() });
}

/** Runs what gets a place, one after the other; returns the ids in the order in which they got it. */
async function runAll(backend: Backend): Promise<InvocationId[]> {
  const order = (await backend.admission.admit()).map(({ id }) => id);
  for (let i = 0; i < order.length; i += 1) {
    await run(backend, order[i]);
    order.push(...(await backend.admission.admit()).map(({ id }) => id));
  }
  return order;
}
