import { promptFor } from "../agent.ts";
import { Arena } from "../arena.ts";
import type { Options } from "../options.ts";
import { distribution, seconds } from "../statistics.ts";

/** Kills a worker that runs one invocation, again and again, with default settings. Prints each recovery. */
export async function killWorkers({ times, workers }: Options, say: (line: string) => void): Promise<boolean> {
  await using arena = await Arena.open({ workers, apis: 1 });
  const recoveries: number[] = [];
  for (let time = 1; time <= times; time += 1) {
    const recoveryMs = await recoverOnce(arena);
    recoveries.push(recoveryMs);
    say(`${String(time).padStart(3)}  ${seconds(recoveryMs)}`);
  }
  say(
    `From kill -9 of a worker to the next attempt, ${workers} workers, default settings: ${distribution(recoveries)}`,
  );
  return true;
}

/** Kills the worker of one invocation. Resolves to the milliseconds from the kill to the start of the next attempt. */
export async function recoverOnce(arena: Arena): Promise<number> {
  const { client } = arena.fleet;
  const { id } = await client.invocations.create({ model: "fake/test", input: promptFor("waiting") });
  let killedAt = 0;
  for await (const event of client.invocations.stream(id)) {
    if (event.type === "turn.started" && event.attempt === 1) {
      const worker = arena.fleet.worker(String((await client.invocations.get(id)).attempts[0]?.worker));
      killedAt = Date.now();
      worker.kill("SIGKILL");
      void arena.replaceWorker(worker);
    }
    if (event.type === "attempt.started" && event.attempt === 2) break;
  }
  const { attempts } = await client.invocations.get(id);
  await client.invocations.cancel(id);
  await client.invocations.wait(id);
  await arena.fleet.workers.at(-1)?.logged("claiming");
  return Date.parse(attempts[1]?.startedAt ?? "") - killedAt;
}
