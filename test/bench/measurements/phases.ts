import type { Span } from "@pifleet/invocation";
import { now } from "../clock.ts";
import { OurFleet } from "../contestants/our-fleet.ts";
import type { Figure, Measure } from "../report.ts";
import type { Stage } from "../stage.ts";

const RUNS_PER_ROUND = 15;
const PHASES = [
  ["claimed", "submission → attempt of a worker: API, queue, claim"],
  ["requested", "attempt → first model request: workspace, runner"],
  ["answered", "first model request → the whole answer read"],
  ["settled", "answer → outcome recorded"],
  ["told", "outcome → client, by long-poll"],
] as const;

type Phase = (typeof PHASES)[number][0];

/** When each phase ended, Unix milliseconds. */
type Ends = Record<Phase | "begun", number>;

/** Where the time goes between a submission and its result, on an idle fleet. */
export const measurePhases: Measure = async ({ stage, rounds, say }) => {
  const fleet = new OurFleet(await stage.startFleet({ traced: true }));
  await endsOf(fleet, stage);
  const runs: Ends[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let run = 0; run < RUNS_PER_ROUND; run += 1) runs.push(await endsOf(fleet, stage));
    say(`round ${round + 1} of ${rounds}`);
  }
  return {
    title: "From submission to result, phase by phase",
    method: "One invocation at a time, one answer of the model. Read off the record, the spans and the fake model.",
    figures: PHASES.map(([phase, name], i): Figure => {
      const before = PHASES[i - 1]?.[0] ?? "begun";
      return { name, unit: "ms", values: runs.map((ends) => ends[phase] - ends[before]) };
    }),
    comparisons: [],
  };
};

async function endsOf(fleet: OurFleet, { models }: Stage): Promise<Ends> {
  await fleet.rest();
  const wall = Date.now() - now();
  const requested = models.requested(models.requests.length + 1);
  const begun = now() + wall;
  const { id } = await fleet.measured.submit("chat");
  const record = await fleet.measured.succeeded(id);
  const told = now() + wall;
  return {
    begun,
    claimed: Date.parse(record.startedAt ?? ""),
    requested: (await requested) + wall,
    answered: answeredAt(await fleet.measured.spansOf(id)),
    settled: Date.parse(record.endedAt ?? ""),
    told,
  };
}

function answeredAt(spans: readonly Span[]): number {
  return Math.max(...spans.filter(({ name }) => name.startsWith("chat ")).map(({ endMs }) => endMs));
}
