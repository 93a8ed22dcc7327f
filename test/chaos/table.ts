import type { Leftovers, Story } from "./audit.ts";
import type { Injector } from "./injector.ts";
import type { Load } from "./load.ts";
import { distribution } from "./statistics.ts";

export interface Findings {
  readonly minutes: number;
  readonly seed: number;
  readonly injector: Injector;
  readonly load: Load;
  readonly stories: readonly Story[];
  readonly leftovers: Leftovers;
  readonly recoveriesMs: readonly number[];
}

/** What must be 0, each. */
export function mustBeZero({ stories, leftovers, injector }: Findings): [string, number][] {
  const flawed = (kind: string) => stories.filter(({ flaws }) => flaws.some((flaw) => flaw.kind === kind)).length;
  return [
    ["lost", flawed("lost")],
    ["settled twice", flawed("settled twice")],
    ["stale writes accepted", flawed("stale write")],
    ["untrue records", flawed("untrue record")],
    ["orphan processes", leftovers.processes.length],
    ["leftover directories", leftovers.directories.length],
    ["unclean drains", leftovers.uncleanDrains.length],
    ["faults that could not be made", injector.failures.length],
  ];
}

/** The findings as a table that Markdown shows as well. */
export function table(findings: Findings): string {
  const { minutes, seed, injector, load, stories, recoveriesMs } = findings;
  const statuses = Map.groupBy(stories, ({ record }) => record.status);
  const attempts = stories.reduce((sum, { record }) => sum + record.attempts.length, 0);
  return [
    `Chaos for ${minutes} minutes, seed ${seed}`,
    ...rows("fault", "times", [...injector.struck]),
    ...rows("invocations", "", [
      ["accepted", load.accepted.length],
      ["refused because no API or no Redis was there", load.refused],
      ["cancelled by somebody", load.cancelled],
      ["paused and resumed", load.paused],
      ["attempts", attempts],
      ...[...statuses].map(([status, those]): [string, number] => [`ended as ${status}`, those.length]),
    ]),
    ...rows("must be 0", "", mustBeZero(findings)),
    ...rows("errors of attempts", "", [...endings(stories)]),
    "",
    `From kill -9 of a worker to the next attempt: ${distribution(recoveriesMs)}`,
  ].join("\n");
}

function endings(stories: readonly Story[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { ended } of stories.flatMap(({ record }) => record.attempts)) {
    const name = ended ?? "not closed";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function rows(title: string, column: string, pairs: readonly [string, number][]): string[] {
  const width = Math.max(title.length, ...pairs.map(([name]) => name.length));
  const line = (name: string, value: string) => `| ${name.padEnd(width)} | ${value.padStart(5)} |`;
  return [
    "",
    line(title, column),
    `| ${"-".repeat(width)} | ----: |`,
    ...pairs.map(([name, count]) => line(name, String(count))),
  ];
}
