import type { Gap } from "./arena.ts";
import type { Findings, Strike } from "./findings.ts";
import { type InnocentRun, p99 } from "./innocents.ts";

/** How much later the innocent tenant's runs may start. */
const MOST_DELAY = 3;
/** Below this a start is as good as immediate, whatever it was before, milliseconds. */
const IMMEDIATE_MS = 250;
/** How long a start may take that has to wait until a dead worker is started again; a longer one is told in full. */
const MOST_GAP_MS = 5_000;
const SLOWEST = 8;
const MOST_MB = { api: 600, worker: 600, redis: 600 };

/** The findings as text, and whether the innocent tenant was left alone. */
export function report(findings: Findings): { text: string; passed: boolean } {
  const { undisturbed, attacked, failures, deaths, strikes, gaps, peaksMb, stolen, leftProcesses, leftDirectories } =
    findings;
  const orphaned = attacked.filter((run) => during(gaps, run).length > 0);
  const served = attacked.filter((run) => !orphaned.includes(run));
  const failed = attacked.filter(({ record }) => record.status !== "succeeded");
  const allowedMs = Math.max(MOST_DELAY * p99(undisturbed), IMMEDIATE_MS);
  const checks: [string, boolean][] = [
    [`${attacked.length} runs of the innocent tenant, ${failed.length} of them did not succeed`, failed.length === 0],
    [`${failures.length} of its calls failed${failures[0] ? `, such as: ${failures[0]}` : ""}`, failures.length === 0],
    [
      `its starts took ${ms(p99(served))} (p99), undisturbed ${ms(p99(undisturbed))}; ${ms(allowedMs)} are allowed`,
      p99(served) <= allowedMs,
    ],
    [
      `${orphaned.length} of its runs waited while every worker was dead, ${ms(slowest(orphaned)[0]?.startMs ?? 0)} at most; ` +
        `the fleet had no worker for ${ms(sum(gaps))}`,
      orphaned.every(({ startMs }) => startMs <= MOST_GAP_MS),
    ],
    [`${deaths.length} workers ended: ${deaths.join(", ") || "none"}`, deaths.every((ended) => ended === "SIGKILL")],
    ...Object.entries(peaksMb).map(([name, peak]): [string, boolean] => [
      `${name} took ${peak.toFixed(0)} MB at most`,
      peak <= MOST_MB[name as keyof typeof MOST_MB],
    ]),
    [`${stolen.length} secrets were found: ${stolen.join(", ") || "none"}`, stolen.length === 0],
    [
      `${leftProcesses} processes and ${leftDirectories.length} directories are left`,
      leftProcesses + leftDirectories.length === 0,
    ],
  ];
  const text = [
    "",
    ...[...countBy(strikes)].map(([name, count]) => `  ${name} × ${count}`),
    "",
    "The slowest starts of the innocent tenant, and the attacks that were under way:",
    ...slowest(attacked).map(
      (run) =>
        `  ${ms(run.startMs)}: ${
          during(strikes, run)
            .map(({ name }) => name)
            .join(", ") || "none"
        }`,
    ),
    ...attacked.filter(({ startMs }) => startMs > MOST_GAP_MS).map((run) => `  ${historyOf(run)}`),
    "",
    ...checks.map(([line, holds]) => `${holds ? "✓" : "✗"} ${line}`),
    ...failed.map(({ id, record }) => `  ${id}: ${record.status}, ${JSON.stringify(record.error)}`),
  ].join("\n");
  return { text, passed: checks.every(([, holds]) => holds) };
}

function countBy(strikes: readonly Strike[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of strikes) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function slowest(runs: readonly InnocentRun[]): InnocentRun[] {
  return runs.toSorted((a, b) => b.startMs - a.startMs).slice(0, SLOWEST);
}

/** Those that overlap with the time in which a run waited for its start. */
function during<T extends Gap>(times: readonly T[], { record, startMs }: InnocentRun): T[] {
  const submitted = Date.parse(record.createdAt);
  return times.filter(({ from, to }) => from < submitted + startMs && to > submitted);
}

function sum(gaps: readonly Gap[]): number {
  return gaps.reduce((total, { from, to }) => total + to - from, 0);
}

/** The times of a run that started late, to find the reason in. */
function historyOf({ id, record: { createdAt, attempts } }: InnocentRun): string {
  return `${id}: created ${createdAt}, ${JSON.stringify(attempts)}`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
