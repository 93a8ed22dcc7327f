import { startHandWritten, startNoOp } from "../baseline/baselines.ts";
import { PiAlone } from "../baseline/pi-alone.ts";
import { SdkProcess } from "../baseline/sdk-process.ts";
import { now } from "../clock.ts";
import type { Contestant, ContestantName } from "../contestants/contestant.ts";
import { OurFleet } from "../contestants/our-fleet.ts";
import type { Figure, Measure } from "../report.ts";
import type { Stage } from "../stage.ts";

/** Milliseconds from before the submission. */
interface Times {
  readonly accepted: number;
  readonly requested: number;
  readonly ended: number;
}

interface Measured {
  readonly by: ContestantName;
  readonly contestant: Contestant;
  /** Runs in a turn: more of those that take little time. */
  readonly runs: number;
  /** Resolves to when the next run gets to its model, by `now`. */
  readonly requested: () => Promise<number>;
  readonly times: Times[];
}

/** They take turns, so often a round: what else the machine does is shared by all. */
const TURNS = 5;
const QUICK_TURNS = 2;
const FAST_RUNS = 5;
const SLOW_RUNS = 2;
const ALONE_RUNS = 1;

/** How long an idle fleet takes from a submission to the first request to the model, and to the result. */
export const measureStart: Measure = async ({ stage, rounds, quick, say }) => {
  const all = await start(stage);
  for (const measured of all) await measure({ ...measured, times: [] });
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < (quick ? QUICK_TURNS : TURNS); turn += 1)
      for (const measured of all) await measure(measured);
    say(`round ${round + 1} of ${rounds}`);
  }
  return {
    title: "Latency of an idle fleet",
    method:
      "One invocation at a time, when the one before has left nothing to do; one answer of the model. Measured by the " +
      "client. Of raw BullMQ, whose jobs do nothing, the first request is the start of the job.",
    figures: all.flatMap(figures),
    comparisons: [],
  };
};

async function start(stage: Stage): Promise<Measured[]> {
  const { models, pi } = stage;
  const noOp = await startNoOp(stage, true);
  const measured = (by: ContestantName, contestant: Contestant, runs: number): Measured => {
    return { by, contestant, runs, requested: () => models.requested(models.requests.length + 1), times: [] };
  };
  return [
    measured("Pi Fleet", new OurFleet(await stage.startFleet({ traced: true })), FAST_RUNS),
    measured("hand-written", await startHandWritten(stage), SLOW_RUNS),
    measured(
      "Pi Fleet, cold",
      new OurFleet(await stage.startFleet({ traced: true, env: { PIFLEET_WARM: "0" } })),
      SLOW_RUNS,
    ),
    measured("pi -p", new PiAlone(pi), ALONE_RUNS),
    measured("SDK in process", stage.use(await SdkProcess.start(pi)), FAST_RUNS),
    { ...measured("raw BullMQ", noOp, FAST_RUNS), requested: () => noOp.worker.heard<number>() },
  ];
}

async function measure({ contestant, runs, requested, times }: Measured): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    await contestant.rest();
    const begin = now();
    const arrival = requested();
    const { ended } = await contestant.submit("chat");
    const accepted = now() - begin;
    await ended;
    times.push({ accepted, ended: now() - begin, requested: (await arrival) - begin });
  }
}

function figures({ by, times }: Measured): Figure[] {
  const figure = (name: string, of: (time: Times) => number): Figure => ({
    name,
    by,
    unit: "ms",
    values: times.map(of),
  });
  return [
    figure("submission → accepted", ({ accepted }) => accepted),
    figure("submission → first model request", ({ requested }) => requested),
    figure("submission → result", ({ ended }) => ended),
  ];
}
