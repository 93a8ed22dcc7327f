import type { InvocationId } from "@pifleet/invocation";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Recoverer } from "./recoverer.ts";

const LOOK_MS = 100;

describe("the recoverer", () => {
  let present: string[];
  let vanished: string[];
  let gone: string[];
  let asked: Set<string>;
  let recovered: string[];
  let recoverer: Recoverer;

  beforeEach(() => {
    vi.useFakeTimers();
    present = ["a", "b", "c", "d", "self"];
    vanished = [];
    gone = [];
    asked = new Set();
    recovered = [];
    recoverer = new Recoverer({
      worker: "self",
      registry: {
        followers: async (id, count) => {
          const others = present.filter((other) => other !== id).toSorted();
          return [...others.filter((other) => other > id), ...others.filter((other) => other < id)].slice(0, count);
        },
        vanished: async (count) => vanished.slice(0, count),
        leave: async (id) => {
          present = present.filter((other) => other !== id);
          vanished = vanished.filter((other) => other !== id);
        },
        disconnected: async (ids) => {
          for (const id of ids) asked.add(id);
          return ids.filter((id) => gone.includes(id));
        },
      },
      queue: { reclaim: async () => ["inv_1" as InvocationId] },
      onRecovered: (worker, ids) => recovered.push(`${worker} ${ids}`),
      onFault: (error) => {
        throw error;
      },
    });
    recoverer.start();
  });
  afterEach(async () => {
    await recoverer.stop();
    vi.useRealTimers();
  });

  async function looks(count: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(count * LOOK_MS);
  }

  it("watches the two workers that follow its own in order, around the end", async () => {
    await looks(5);
    expect([...asked]).toEqual(["a", "b"]);
  });

  it("takes a worker for dead when its connection was gone three times in a row, and puts its claims back", async () => {
    gone = ["b"];
    await looks(2);
    expect(recovered).toEqual([]);
    await looks(1);
    expect(recovered).toEqual(["b inv_1"]);
    expect(present).not.toContain("b");
  });

  it("does not take a worker for dead that comes back on another connection", async () => {
    gone = ["a"];
    await looks(2);
    gone = [];
    await looks(1);
    gone = ["a"];
    await looks(2);
    expect(recovered).toEqual([]);
  });

  it("puts the claims of a worker back that had vanished before anybody found it dead", async () => {
    present = ["self"];
    vanished = ["frozen", "dead"];
    gone = ["dead"];
    await looks(12);
    expect(recovered).toEqual(["dead inv_1"]);
    expect(vanished).toEqual(["frozen"]);
  });

  it("watches the next ones when those that it watched are gone", async () => {
    gone = ["a", "b", "c"];
    await looks(12);
    expect(recovered.map((entry) => entry.split(" ")[0])).toEqual(["a", "b", "c"]);
    expect([...asked]).toContain("d");
  });
});
