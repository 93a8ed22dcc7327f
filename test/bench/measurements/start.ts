import type { MeasuredFleet } from "../measured-fleet.ts";
import type { Figure, Measure, Setting } from "../report.ts";

const RUNS_PER_ROUND = 4;

/** Milliseconds from before the submission. */
interface Times {
  readonly accepted: number;
  readonly requested: number;
  readonly ended: number;
}

/** How long an idle fleet takes from a submission to the first request to the model, with a runner that starts cold. */
export const measureStart: Measure = async ({ stage, rounds, say }) => {
  const fleet = await stage.startFleet({ traced: true });
  await fleet.run("chat", RUNS_PER_ROUND);
  const times: Times[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let run = 0; run < RUNS_PER_ROUND; run += 1) times.push(await timesOf(fleet, stage));
    say(`round ${round + 1} of ${rounds}`);
  }
  const figure = (name: string, of: (time: Times) => number): Figure => ({ name, unit: "ms", values: times.map(of) });
  return {
    title: "Latency of an idle fleet, cold runner",
    method: "One invocation at a time, one answer of the model, which takes no time. Measured by the client.",
    figures: [
      figure("submission → accepted", ({ accepted }) => accepted),
      figure("submission → first model request", ({ requested }) => requested),
      figure("submission → result", ({ ended }) => ended),
    ],
    comparisons: [],
  };
};

async function timesOf(fleet: MeasuredFleet, { models }: Setting["stage"]): Promise<Times> {
  const begin = performance.now();
  const since = () => performance.now() - begin;
  const requested = models.requested(models.requests.length + 1).then(since);
  const { id } = await fleet.submit("chat");
  const accepted = since();
  await fleet.succeeded(id);
  return { accepted, requested: await requested, ended: since() };
}
