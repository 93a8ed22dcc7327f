import type { Client } from "@pifleet/client";
import { isTerminal } from "@pifleet/invocation/terminal";
import { runs } from "../agent.ts";
import type { Arena } from "../arena.ts";
import { type Attack, type Scene, submitted } from "./attack.ts";

const MEGABYTE = "z".repeat(1_000_000);

/** Large submissions that are cancelled at once. */
export const largeSubmissions: Attack = {
  name: "large-submissions",
  async strike({ arena: { evil } }) {
    const files = [{ path: "large", content: MEGABYTE }];
    await forAll(30, async () => {
      const { id } = await evil.invocations.create({ model: "fake/test", input: "hello", files, delayMs: 60_000 });
      await evil.invocations.cancel(id);
    });
  },
};

export const longLists: Attack = {
  name: "long-lists",
  async strike({ arena: { evil } }) {
    await forAll(10, () => evil.invocations.list({ limit: 100 }));
  },
};

export const openStreams: Attack = {
  name: "open-streams",
  async strike({ arena }) {
    const { id } = await arena.evil.invocations.create({ model: "fake/test", input: runs("sleep 5"), delayMs: 1_000 });
    const signal = AbortSignal.timeout(6_000);
    await forAll(300, async (i) => {
      if (i % 2 === 0) for await (const _ of arena.evil.invocations.stream(id, { signal }));
      else await arena.evil.invocations.get(id, { waitSeconds: 5, signal });
    });
  },
};

/** Headers that once took seconds each. */
export const headers: Attack = {
  name: "headers",
  async strike({ arena }) {
    const blank = " ".repeat(14_000);
    const body = JSON.stringify({
      invocations: Array.from({ length: 100 }, () => ({ model: "fake/test", input: "hi" })),
    });
    for (const hostile of [{ prefer: `wait=${blank}(` }, { baggage: `a=${blank};${blank}` }, { accept: `${blank}/` }]) {
      const all = { "content-type": "application/json", ...hostile };
      const response = await arena.fleet.fetch("/v1/invocations/batch", { method: "POST", headers: all, body });
      await response.text();
    }
  },
};

export const largeMetadata: Attack = {
  name: "large-metadata",
  strike: (scene) =>
    submitted(scene, {
      input: "hello",
      metadata: Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`key-${i}`, "v".repeat(400)])),
    }),
};

/** Runs that hold their slots and do nothing. */
export const pausedRuns: Attack = {
  name: "paused-runs",
  async strike(scene) {
    const { invocations } = scene.arena.evil;
    await forAll(8, async () => {
      const { id } = await invocations.create({ model: "fake/test", input: runs("sleep 3") });
      await started(scene, id);
      await invocations.pause(id);
      await invocations.get(id, { waitSeconds: 5 });
      await invocations.cancel(id);
    });
  },
};

async function started({ arena }: Scene, id: string): Promise<void> {
  for await (const { type } of arena.evil.invocations.stream(id)) if (type === "attempt.started") return;
}

/** Receivers and collectors that take connections and never answer. */
export const silentReceivers: Attack = {
  name: "silent-receivers",
  async strike({ arena }) {
    const { url } = await arena.silentServer();
    await submitMany(arena.evil, 120, (i) => ({ webhook: { url: `${url}/hook/${i}` } }));
    await submitMany(arena.evil, 200, (i) => ({ trace: { endpoint: `${url}/v1/traces/${i}` } }));
    await drained(arena);
  },
};

/** Receivers and collectors whose name server never answers. */
export const silentNames: Attack = {
  name: "silent-names",
  async strike({ arena }) {
    await submitMany(arena.evil, 60, (i) => ({ webhook: { url: `http://hook-${i}.silent.test/` } }));
    await submitMany(arena.evil, 60, (i) => ({ trace: { endpoint: `http://spans-${i}.silent.test/v1/traces` } }));
    await drained(arena);
  },
};

async function submitMany(evil: Client, count: number, more: (i: number) => object): Promise<void> {
  const all = Array.from({ length: count }, (_, i) => ({ model: "fake/test", input: "hello", ...more(i) }));
  await evil.invocations.createMany(all);
}

/** Waits until nothing of the evil tenant waits any more. */
async function drained({ evil }: Arena): Promise<void> {
  const { items } = await evil.invocations.list({ limit: 1, status: "queued" });
  const [newest] = items;
  if (newest && !isTerminal(newest.status)) await evil.invocations.wait(newest.id);
}

/** Makes all calls at once; what is refused was repelled. */
async function forAll(count: number, call: (i: number) => Promise<unknown>): Promise<void> {
  await Promise.allSettled(Array.from({ length: count }, (_, i) => call(i)));
}
