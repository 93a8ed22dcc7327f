import {
  addUsage,
  type Event,
  type EventId,
  FULL_PAGE_BYTES,
  KEPT_EVENTS,
  MAX_JOURNAL_ENTRIES,
  newInvocationId,
} from "@pifleet/invocation";
import { describe, expect, it, vi } from "vitest";
import { type MakeBackend, submit, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, SAMPLE_USAGE, succeeded } from "./samples.ts";

/** What every `EventLog` and `ChangeFeed` keeps to. */
export function describeEventLogConformance(name: string, makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe(`the event log ${name}`, () => {
    it("keeps events as they were given, in order, with growing ids", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const given = [tool(), ...logs(2)];
      expect(await backend.events.append(id, 1, given)).toBe("accepted");
      const { events, more } = await backend.events.read(id, { limit: 10 });
      expect(events.map(({ id: _id, ...event }) => event).slice(2)).toEqual(given);
      expect(new Set(events.map((event) => event.id)).size).toBe(5);
      expect(more).toBe(false);
    });

    it("shows in the record what the attempt has done so far, until its settlement says it", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const progress = { usage: SAMPLE_USAGE, messages: 4 };
      await backend.events.append(id, 1, logs(1), [], { usage: { ...SAMPLE_USAGE, turns: 1 }, messages: 2 });
      await backend.events.append(id, 1, logs(1), [], progress);
      const shown = { usage: SAMPLE_USAGE, messageCount: 4 };
      expect(await backend.store.get("acme", id)).toMatchObject(shown);
      expect(await backend.store.summary("acme", id)).toMatchObject(shown);
      await backend.store.settle(id, 1, { kind: "again", outcome: crashed(), delayMs: 0 });
      expect(await backend.store.get("acme", id)).toMatchObject({ usage: SAMPLE_USAGE, messageCount: 0 });
      await backend.store.start(id, "worker-2");
      await backend.events.append(id, 2, logs(1), [], progress);
      const both = addUsage(SAMPLE_USAGE, SAMPLE_USAGE);
      expect(await backend.store.get("acme", id)).toMatchObject({ usage: both, messageCount: 4 });
      await backend.store.settle(id, 2, { kind: "final", outcome: succeeded() });
      expect(await backend.store.get("acme", id)).toMatchObject({ usage: both, messageCount: 1 });
      expect((await backend.events.read(id, { limit: 20 })).events.at(-1)).toMatchObject({ usage: both });
    });

    it("keeps for the record what an attempt had done that was lost with its worker", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.events.append(id, 1, logs(1), [], { usage: SAMPLE_USAGE, messages: 4 });
      const started = await backend.store.start(id, "worker-2");
      expect(started).toMatchObject({ invocation: { usage: SAMPLE_USAGE, messageCount: 0 } });
      expect(await backend.events.append(id, 1, logs(1), [], { usage: SAMPLE_USAGE, messages: 9 })).toBe("stale");
      expect(await backend.store.get("acme", id)).toMatchObject({ usage: SAMPLE_USAGE, messageCount: 0 });
    });

    it("reads on behind an event, and says whether there is more", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.events.append(id, 1, logs(3));
      const first = await backend.events.read(id, { limit: 2 });
      expect(first).toMatchObject({ more: true, events: [{ type: "invocation.queued" }, { type: "attempt.started" }] });
      const second = await backend.events.read(id, { limit: 3, after: first.events.at(-1)?.id });
      expect(second).toMatchObject({ more: false, events: [{ message: "0" }, { message: "1" }, { message: "2" }] });
      const end = await backend.events.read(id, { limit: 3, after: second.events.at(-1)?.id });
      expect(end).toEqual({ events: [], more: false });
    });

    it("reads fewer events at once when they are long, and all of them one page after the other", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const long = "ä".repeat(FULL_PAGE_BYTES / 4);
      for (let i = 0; i < 4; i += 1) await backend.events.append(id, 1, [log(`${i}${long}`)]);
      const sizes: number[] = [];
      const read: string[] = [];
      let after: EventId | undefined;
      for (let more = true; more; ) {
        const page = await backend.events.read(id, { limit: 100, after });
        sizes.push(page.events.length);
        read.push(...page.events.flatMap((event) => (event.type === "log" ? [event.message] : [])));
        ({ more } = page);
        after = page.events.at(-1)?.id;
      }
      expect(sizes).toEqual([4, 2]);
      expect(read).toEqual(Array.from({ length: 4 }, (_, i) => `${i}${long}`));
    });

    it("takes an event's time alone as a place", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      expect((await backend.events.read(id, { after: "1", limit: 10 })).events).toHaveLength(1);
      expect((await backend.events.read(id, { after: "9999999999999", limit: 10 })).events).toEqual([]);
    });

    it("has nothing to read of an unknown invocation", async () => {
      const { events } = await open();
      expect(await events.read(newInvocationId(), { limit: 10 })).toEqual({ events: [], more: false });
    });

    it("tells of a gap where events were trimmed before they were read", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const [first] = (await backend.events.read(id, { limit: 1 })).events;
      for (let i = 0; i < KEPT_EVENTS + 1_000; i += 1_000) await backend.events.append(id, 1, logs(1_000));
      const { events } = await backend.events.read(id, { after: first?.id, limit: 1 });
      const [gap, next] = events;
      expect(gap).toMatchObject({ type: "gap", from: first?.id, to: gap?.id });
      expect(next?.type).toBe("log");
      const resumed = await backend.events.read(id, { after: gap?.id, limit: 1 });
      expect(resumed.events).toEqual([next]);
      expect((await backend.events.read(id, { limit: 1 })).events[0]?.type).toBe("gap");
    });
  });

  describe(`the journal ${name}`, () => {
    it("keeps the entries of each attempt as they were given, in order, whether events come with them or not", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      expect(await backend.events.append(id, 1, logs(1), ["1", '["ä"]'])).toBe("accepted");
      expect(await backend.events.append(id, 1, [], ["3"])).toBe("accepted");
      await backend.store.start(id, "worker-2");
      await backend.events.append(id, 2, [], ["4"]);
      expect(await backend.spans.journal(id, 1)).toEqual(["1", '["ä"]', "3"]);
      expect(await backend.spans.journal(id, 2)).toEqual(["4"]);
      const { events } = await backend.events.read(id, { limit: 10 });
      expect(events.filter(({ type }) => type === "log")).toHaveLength(1);
    });

    it("takes no more when it is full, and keeps its beginning", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const entries = Array.from({ length: MAX_JOURNAL_ENTRIES - 1 }, (_, i) => String(i));
      await backend.events.append(id, 1, [], entries);
      expect(await backend.events.append(id, 1, logs(1), ["last", "too much"])).toBe("accepted");
      expect(await backend.events.append(id, 1, [], ["more"])).toBe("accepted");
      expect(await backend.spans.journal(id, 1)).toEqual([...entries, "last"]);
    });

    it("is empty for an unknown invocation", async () => {
      const { spans } = await open();
      expect(await spans.journal(newInvocationId(), 1)).toEqual([]);
    });
  });

  describe(`the change feed ${name}`, () => {
    it("calls every watcher of an invocation after an append and after its end", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const [one, two] = [vi.fn(), vi.fn()];
      await Promise.all([backend.changes.watch(id, one), backend.changes.watch(id, two)]);
      await backend.events.append(id, 1, logs(1));
      await vi.waitFor(() => expect([one.mock.calls.length, two.mock.calls.length]).toEqual([1, 1]));
      await backend.store.settle(id, 1, { kind: "final", outcome: succeeded() });
      await vi.waitFor(() => expect(one).toHaveBeenCalledTimes(2));
    });

    it("calls nobody who has stopped listening, or who watches another invocation", async () => {
      const backend = await open();
      const [{ id }, other] = [await submitRunning(backend), await submit(backend)];
      const [stopped, stranger, watcher] = [vi.fn(), vi.fn(), vi.fn()];
      const stop = await backend.changes.watch(id, stopped);
      await backend.changes.watch(other.id, stranger);
      await backend.changes.watch(id, watcher);
      stop();
      await backend.events.append(id, 1, logs(1));
      await vi.waitFor(() => expect(watcher).toHaveBeenCalled());
      expect([stopped.mock.calls, stranger.mock.calls]).toEqual([[], []]);
    });

    it("can be watched again right after the last watcher left", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const watcher = vi.fn();
      (await backend.changes.watch(id, vi.fn()))();
      await backend.changes.watch(id, watcher);
      await backend.events.append(id, 1, logs(1));
      await vi.waitFor(() => expect(watcher).toHaveBeenCalled());
    });

    it("tells those who listen to requests which running invocation is to be cancelled, paused or resumed", async () => {
      const backend = await open();
      const [first, second, queued] = [
        await submitRunning(backend),
        await submitRunning(backend),
        await submit(backend),
      ];
      const asked: string[] = [];
      const stop = await backend.changes.watchRequests((id) => asked.push(id));
      await backend.store.cancel("acme", queued.id);
      await backend.store.pause("acme", queued.id);
      await backend.store.cancel("acme", first.id);
      await backend.store.pause("acme", second.id);
      await backend.store.resume("acme", second.id);
      await vi.waitFor(() => expect(asked).toEqual([first.id, second.id, second.id]));
      stop();
    });

    it("calls the watchers of an invocation that is paused or resumed", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const watcher = vi.fn();
      await backend.changes.watch(id, watcher);
      await backend.store.pause("acme", id);
      await backend.store.resume("acme", id);
      await vi.waitFor(() => expect(watcher).toHaveBeenCalledTimes(2));
    });
  });
}

function logs(count: number): Event[] {
  return Array.from({ length: count }, (_, i) => log(String(i)));
}

function log(message: string): Event {
  return { type: "log", at: new Date().toISOString(), attempt: 1, level: "info", message };
}

function tool(): Event {
  const at = new Date().toISOString();
  const call = { callId: "call-1", name: "bash", arguments: { command: 'echo "ä"', nothing: [], some: null } };
  return { type: "tool.started", at, attempt: 1, ...call };
}
