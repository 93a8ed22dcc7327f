import type { Findings } from "./findings.ts";
import { p99 } from "./innocents.ts";

/** How much later the innocent tenant's runs may start. */
const MOST_DELAY = 3;
/** Below this a start is as good as immediate, whatever it was before, milliseconds. */
const IMMEDIATE_MS = 250;
const MOST_MB = { api: 600, worker: 600, redis: 600 };

/** The findings as text, and whether the innocent tenant was left alone. */
export function report(findings: Findings): { text: string; passed: boolean } {
  const { undisturbed, attacked, failures, deaths, strikes, peaksMb, stolen, leftProcesses, leftDirectories } =
    findings;
  const failed = attacked.filter(({ record }) => record.status !== "succeeded");
  const allowedMs = Math.max(MOST_DELAY * p99(undisturbed), IMMEDIATE_MS);
  const checks: [string, boolean][] = [
    [`${attacked.length} runs of the innocent tenant, ${failed.length} of them did not succeed`, failed.length === 0],
    [`${failures.length} of its calls failed${failures[0] ? `, such as: ${failures[0]}` : ""}`, failures.length === 0],
    [
      `its starts took ${ms(p99(attacked))} (p99), undisturbed ${ms(p99(undisturbed))}; ${ms(allowedMs)} are allowed`,
      p99(attacked) <= allowedMs,
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
    ...[...strikes].map(([name, count]) => `  ${name} × ${count}`),
    "",
    ...checks.map(([line, holds]) => `${holds ? "✓" : "✗"} ${line}`),
    ...failed.map(({ id, record }) => `  ${id}: ${record.status}, ${JSON.stringify(record.error)}`),
  ].join("\n");
  return { text, passed: checks.every(([, holds]) => holds) };
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
