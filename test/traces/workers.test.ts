import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { expectCell, submitTo } from "./cell.ts";
import { BEHAVIOURS, behavioursOf, type OpenCollector, openCollector } from "./collectors.ts";
import { type Scenario, WORKER_SCENARIOS } from "./scenarios.ts";
import { type Submitted, TracedStage } from "./traced-stage.ts";

vi.setConfig({ maxConcurrency: BEHAVIOURS.length });

interface Fate {
  readonly scenario: Scenario;
  /** How many workers there are at first. */
  readonly workers: number;
  /** Lets it happen to all invocations at once. */
  readonly happen: (stage: TracedStage, ids: readonly string[]) => Promise<void>;
}

const FATES: readonly Fate[] = [
  { scenario: WORKER_SCENARIOS.drained, workers: 1, happen: (stage, ids) => replaceWorker(stage, ids, "SIGTERM") },
  { scenario: WORKER_SCENARIOS.killed, workers: 1, happen: (stage, ids) => replaceWorker(stage, ids, "SIGKILL") },
  { scenario: WORKER_SCENARIOS.notSpawned, workers: 0, happen: startBrokenWorker },
];

/** Ends the worker while every invocation is under way; another one finishes them. */
async function replaceWorker(stage: TracedStage, ids: readonly string[], signal: NodeJS.Signals): Promise<void> {
  const [worker] = stage.fleet.workers;
  await Promise.all(ids.map((id) => stage.working(id)));
  worker?.kill(signal);
  await worker?.exited();
  await stage.fleet.startWorker();
}

/** Starts a worker that cannot make workspaces: a file takes the place of their directory before it claims anything. */
async function startBrokenWorker({ fleet }: TracedStage): Promise<void> {
  const { queue } = fleet.client;
  const directory = join(fleet.directory, "no-directory");
  await queue.pause();
  await fleet.startWorker({ PIFLEET_WORKSPACES: directory, PIFLEET_WARM: "0" });
  await rm(directory, { recursive: true });
  await writeFile(directory, "");
  await queue.resume();
}

describe.each(FATES)("a run $scenario.title", (fate) => {
  const { scenario, workers, happen } = fate;
  let stage: TracedStage;
  const runs = new Map<string, { collector: OpenCollector; submitted: Submitted }>();
  const behaviours = behavioursOf(FATES.indexOf(fate));

  beforeAll(async () => {
    stage = await TracedStage.set({ workers });
    for (const behaviour of behaviours) {
      const collector = await openCollector(behaviour);
      runs.set(behaviour.title, { collector, submitted: await submitTo(stage, scenario, collector) });
    }
    await happen(
      stage,
      [...runs.values()].map(({ submitted }) => submitted.id),
    );
  });
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await Promise.all([...runs.values()].map(({ collector }) => collector[Symbol.asyncDispose]()));
  });

  it.concurrent.each(behaviours)(
    "has a whole trace, and its own outcome, when its collector $title",
    async (behaviour) => {
      const run = runs.get(behaviour.title);
      if (run) await expectCell(stage, scenario, run.collector, run.submitted);
    },
  );

  it("leaves no secret in a log, in the metrics or at the deployment's collector", async () => {
    await stage.expectNoCanaryInFleet();
  });
});
