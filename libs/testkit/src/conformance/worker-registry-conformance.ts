import { describe, expect, it, vi } from "vitest";
import { sampleWorker } from "../samples/worker.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

const LONG_MS = 60_000;
const MODEL = {
  provider: "local",
  name: "m",
  contextWindow: 1_000,
  maxTokens: 100,
  input: ["text" as const],
  thinking: ["off" as const],
  price: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  key: null,
  ready: true,
};

/** What every `WorkerRegistry` keeps to. */
export function describeWorkerRegistryConformance(name: string, makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe(`the worker registry ${name}`, () => {
    it("lists workers as they described themselves last", async () => {
      const { workers } = await open();
      await workers.beat(sampleWorker("worker-1"), LONG_MS);
      await workers.beat(sampleWorker("worker-2"), LONG_MS);
      const busy = { ...sampleWorker("worker-1"), load: 3.25 };
      await workers.beat(busy, LONG_MS);
      const listed = await workers.list();
      expect(listed.map(({ id }) => id).toSorted()).toEqual(["worker-1", "worker-2"]);
      expect(listed.find(({ id }) => id === "worker-1")).toEqual(busy);
    });

    it("drops a worker that has left", async () => {
      const { workers } = await open();
      await workers.beat(sampleWorker("worker-1"), LONG_MS);
      await workers.leave("worker-1");
      await workers.leave("worker-1");
      expect(await workers.list()).toEqual([]);
    });

    it("tells what workers can run, once they have shown themselves with it", async () => {
      const { workers } = await open();
      const model = { ...MODEL, id: "local/m" };
      const digest = workers.offer({ providers: ["local"], models: [model] });
      const other = workers.offer({ providers: ["local"], models: [] });
      expect(digest).not.toBe(other);
      expect(await workers.catalogs([digest, "unknown"])).toEqual(new Map());
      await workers.beat({ ...sampleWorker("worker-1"), models: digest }, LONG_MS);
      await workers.beat({ ...sampleWorker("worker-1"), models: digest }, LONG_MS);
      expect(await workers.catalogs([digest, other])).toEqual(
        new Map([[digest, { providers: ["local"], models: [model] }]]),
      );
      expect(await workers.catalogs([])).toEqual(new Map());
    });

    it("takes no worker for disconnected that beats, has left, or never was", async () => {
      const { workers } = await open();
      for (const id of ["alive", "left"]) await workers.beat(sampleWorker(id), LONG_MS);
      await workers.leave("left");
      expect(await workers.disconnected(["alive", "left", "unknown"])).toEqual([]);
      expect(await workers.disconnected([])).toEqual([]);
    });

    it("tells which workers follow one, around the end of the list", async () => {
      const { workers } = await open();
      for (const id of ["c", "a", "d", "b"]) await workers.beat(sampleWorker(id), LONG_MS);
      expect(await workers.followers("b", 2)).toEqual(["c", "d"]);
      expect(await workers.followers("d", 2)).toEqual(["a", "b"]);
      expect(await workers.followers("nobody's", 9)).toEqual(["a", "b", "c", "d"]);
      await workers.leave("c");
      expect(await workers.followers("b", 9)).toEqual(["d", "a"]);
    });

    it("drops a worker whose heartbeat has stopped, and no other", async () => {
      const { workers } = await open();
      await workers.beat(sampleWorker("dead"), 1);
      await workers.beat(sampleWorker("alive"), LONG_MS);
      await vi.waitFor(async () => expect((await workers.list()).map(({ id }) => id)).toEqual(["alive"]));
    });

    it("tells which workers have vanished, until they beat again or are taken off", async () => {
      const { workers } = await open();
      for (const id of ["back", "dead"]) await workers.beat(sampleWorker(id), 1);
      await workers.beat(sampleWorker("alive"), LONG_MS);
      await workers.beat(sampleWorker("left"), LONG_MS);
      await workers.leave("left");
      await vi.waitFor(async () => expect((await workers.vanished(9)).toSorted()).toEqual(["back", "dead"]));
      expect(await workers.vanished(1)).toHaveLength(1);
      await workers.beat(sampleWorker("back"), LONG_MS);
      expect(await workers.vanished(9)).toEqual(["dead"]);
      expect(await workers.followers("alive", 9)).toEqual(["back"]);
      await workers.leave("dead");
      expect(await workers.vanished(9)).toEqual([]);
    });
  });

  describe(`the leader of a task ${name}`, () => {
    it("is one worker, for as long as it asks again", async () => {
      const { workers } = await open();
      expect(await workers.lead("janitor", "worker-1", LONG_MS)).toBe(true);
      expect(await workers.lead("janitor", "worker-2", LONG_MS)).toBe(false);
      expect(await workers.lead("janitor", "worker-1", LONG_MS)).toBe(true);
      expect(await workers.lead("other task", "worker-2", LONG_MS)).toBe(true);
    });

    it("is another one when it has not asked again in time", async () => {
      const { workers } = await open();
      await workers.lead("janitor", "worker-1", 1);
      await vi.waitFor(async () => expect(await workers.lead("janitor", "worker-2", LONG_MS)).toBe(true));
      expect(await workers.lead("janitor", "worker-1", LONG_MS)).toBe(false);
    });

    it("is another one when it has left, and only then", async () => {
      const { workers } = await open();
      await workers.lead("janitor", "worker-1", LONG_MS);
      await workers.leave("worker-2");
      expect(await workers.lead("janitor", "worker-2", LONG_MS)).toBe(false);
      await workers.leave("worker-1");
      expect(await workers.lead("janitor", "worker-2", LONG_MS)).toBe(true);
      await workers.leave("worker-1");
      expect(await workers.lead("janitor", "worker-1", LONG_MS)).toBe(false);
    });
  });
}
