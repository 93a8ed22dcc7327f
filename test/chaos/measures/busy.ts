import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import { promptFor } from "../agent.ts";
import { Arena } from "../arena.ts";
import type { Options } from "../options.ts";

const LOOPS_PER_CORE = 2;
const LONG_RUNS = 3;

/** Keeps every core busy while invocations run. Resolves to whether none was taken from its worker. */
export async function keepBusy({ durationMs, workers }: Options, say: (line: string) => void): Promise<boolean> {
  await using arena = await Arena.open({ workers, apis: 1 });
  const { client } = arena.fleet;
  const running = await Promise.all(
    Array.from({ length: LONG_RUNS }, () =>
      client.invocations.create({
        model: "fake/test",
        input: promptFor("waiting"),
        limits: { firstByteMs: 3_600_000 },
      }),
    ),
  );
  for (const { id } of running)
    for await (const { type } of client.invocations.stream(id)) if (type === "turn.started") break;
  const loops = Array.from({ length: LOOPS_PER_CORE * availableParallelism() }, () =>
    spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore" }),
  );
  const end = performance.now() + durationMs;
  let short = 0;
  try {
    for (; performance.now() < end; short += 1) {
      const { id } = await client.invocations.create({ model: "fake/test", input: promptFor("tools") });
      await client.invocations.wait(id);
      await setTimeout(0);
    }
  } finally {
    for (const loop of loops) loop.kill("SIGKILL");
  }
  for (const { id } of running) await client.invocations.cancel(id);
  for (const { id } of running) await client.invocations.wait(id);
  const pages = await Array.fromAsync(client.invocations.pages({ limit: 100 }));
  const records = pages.flatMap(({ items }) => items);
  const taken = records.filter(({ attempt }) => attempt !== 1).length;
  say(
    `${loops.length} busy loops on ${availableParallelism()} cores for ${durationMs / 1_000} s, ${workers} workers: ` +
      `${LONG_RUNS} long and ${short} short invocations, ${taken} taken from a live worker`,
  );
  return taken === 0;
}
