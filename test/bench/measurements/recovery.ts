import { Arena } from "../../chaos/arena.ts";
import { recoverOnce } from "../../chaos/measures/kill-worker.ts";
import { startHandWritten } from "../baseline/baselines.ts";
import { killIfAlive } from "../baseline/bullmq-fleet.ts";
import { now } from "../clock.ts";
import { descendantsOf } from "../processes/process-tree.ts";
import type { Figure, Measure } from "../report.ts";
import type { Stage } from "../stage.ts";

const WORKERS = 2;
const KILLS_PER_ROUND = 2;

/** How long after kill -9 of a worker another one runs what it ran, with default settings. */
export const measureRecovery: Measure = async ({ stage, rounds, quick, say }) => {
  // It takes up to a minute, and does nothing meanwhile.
  const handWritten = quick ? undefined : recoverHandWritten(stage);
  handWritten?.catch(() => undefined);
  const values: number[] = [];
  const arena = stage.use(await Arena.open({ workers: WORKERS, apis: 1, endsProgram: false }));
  for (let kill = 0; kill < rounds * KILLS_PER_ROUND; kill += 1) values.push(await recoverOnce(arena));
  if (handWritten) say("waiting for the hand-written fleet");
  const figure = (by: Figure["by"], ms: number[]): Figure => ({
    name: "kill -9 → next attempt",
    by,
    unit: "ms",
    values: ms,
  });
  return {
    title: "Recovery after kill -9 of a worker",
    method: `${WORKERS} workers, default settings, one invocation that waits for its model. From the kill to the next start.`,
    figures: [figure("Pi Fleet", values), figure("hand-written", handWritten ? [await handWritten] : [])],
    comparisons: [],
  };
};

/** Once: it takes up to a minute. Its end is the next request to the model, of a `pi` that has been started for it. */
async function recoverHandWritten(stage: Stage): Promise<number> {
  const { models } = stage;
  const fleet = await startHandWritten(stage);
  const { worker } = fleet;
  const running = models.requested(1);
  await fleet.add("waiting");
  await running;
  await fleet.startWorker();
  // What outlives its worker would wait for its model for ever, side by side with what was started in its place.
  const orphans = descendantsOf(worker.pid);
  stage.use({ [Symbol.asyncDispose]: async () => orphans.forEach(killIfAlive) });
  const recovered = models.requested(2);
  const killedAt = now();
  await worker.kill();
  return (await recovered) - killedAt;
}
