import type { Figure, Measure } from "../report.ts";

const RUNS_PER_ROUND = 8;
const INPUT_CHARS = 2_048;
/** What the keys of a single invocation are called; the rest are the indexes and the queue. */
const OF_ONE = {
  invocation: "its record",
  events: "its events",
  spans: "its spans",
  idempotency: "its idempotency key",
};

/** What an invocation that has ended takes in Redis until its retention is over. */
export const measureKept: Measure = async ({ stage, rounds, say }) => {
  const fleet = await stage.startFleet({ traced: true, env: { PIFLEET_CONCURRENCY: String(RUNS_PER_ROUND) } });
  const input = "task:stored ".padEnd(INPUT_CHARS, "Say what is to be said. ");
  await fleet.run("stored", RUNS_PER_ROUND, { input });
  const grown: Map<string, number>[] = [];
  const events: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await fleet.keptBytesByKind();
    const records = await fleet.run("stored", RUNS_PER_ROUND, { input });
    grown.push(growth(before, await fleet.keptBytesByKind()));
    for (const { id } of records) events.push(await fleet.eventsOf(id));
    say(`round ${round + 1} of ${rounds}`);
  }
  return {
    title: "Redis memory of an invocation that has ended",
    method: "2 KB of input, 1 KB of output, streamed over two seconds.",
    figures: [
      bytes("kept in Redis", grown, () => true),
      ...Object.entries(OF_ONE).map(([kind, name]) => bytes(`… ${name}`, grown, (candidate) => candidate === kind)),
      bytes("… indexes and queue", grown, (kind) => !(kind in OF_ONE)),
      { name: "events in its log", unit: "events", values: events },
    ],
    comparisons: [],
  };
};

/** By how much each kind has grown for each invocation, bytes. */
function growth(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Map<string, number> {
  const kinds = [...after].map(([kind, sum]) => [kind, (sum - (before.get(kind) ?? 0)) / RUNS_PER_ROUND] as const);
  return new Map(kinds);
}

function bytes(name: string, grown: readonly Map<string, number>[], counts: (kind: string) => boolean): Figure {
  const sum = (kinds: Map<string, number>) =>
    [...kinds].reduce((total, [kind, grownBy]) => total + (counts(kind) ? grownBy : 0), 0);
  return { name, unit: "bytes", values: grown.map(sum) };
}
