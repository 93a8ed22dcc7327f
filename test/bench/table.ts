import type { Comparison, Figure, Findings, Report, Unit } from "./report.ts";
import { median, pairwise, quantile } from "./statistics.ts";

/** The findings as tables that Markdown shows as well. */
export function tables({ machine, reports }: Findings): string {
  const { cores, processor, memoryGb, kernel, node, redis, loadBefore, loadAfter } = machine;
  return [
    `${cores} cores (${processor}), ${memoryGb} GB, ${kernel}, Node ${node}, Redis ${redis}; ` +
      `load average ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after`,
    ...reports.flatMap(section),
  ].join("\n");
}

function section({ title, method, figures, comparisons }: Report): string[] {
  return ["", `## ${title}`, "", method, ...figureTable(figures), ...comparisonTable(comparisons)];
}

function figureTable(figures: readonly Figure[]): string[] {
  if (figures.length === 0) return [];
  const rows = figures.map(({ name, unit, values }) => [
    name,
    shown(median(values), unit),
    `${number(quantile(values, 0), unit)} – ${number(quantile(values, 0.9), unit)} – ${number(quantile(values, 1), unit)}`,
    String(values.length),
  ]);
  return aligned([["figure", "median", "least – p90 – most", "n"], ...rows]);
}

function comparisonTable(comparisons: readonly Comparison[]): string[] {
  if (comparisons.length === 0) return [];
  const rows = comparisons.map(({ name, unit, off, on, again }) => {
    const [cost, noise] = [pairwise(on, off, minus), pairwise(again, on, minus)];
    return [
      name,
      shown(median(off), unit),
      shown(median(on), unit),
      (median(on) / median(off)).toFixed(3),
      `${number(median(cost), unit)} (${number(quantile(cost, 0), unit)} – ${number(quantile(cost, 1), unit)})`,
      `${number(median(noise), unit)} (${number(quantile(noise, 0), unit)} – ${number(quantile(noise, 1), unit)})`,
      (median(again) / median(on)).toFixed(3),
    ];
  });
  return aligned([["figure", "off", "on", "on/off", "on − off by round", "on again − on", "again/on"], ...rows]);
}

const minus = (a: number, b: number) => a - b;

const DIGITS: Record<Unit, number> = { ms: 1, MB: 1, bytes: 0, "runs/s": 2, events: 0, commands: 1, "%": 2 };

function number(value: number, unit: Unit): string {
  return value.toLocaleString("en", { minimumFractionDigits: DIGITS[unit], maximumFractionDigits: DIGITS[unit] });
}

function shown(value: number, unit: Unit): string {
  return `${number(value, unit)} ${unit}`;
}

/** Markdown wants three characters in the rule below a head. */
const NARROWEST = 3;

function aligned([head = [], ...rows]: readonly string[][]): string[] {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), NARROWEST),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return ["", line(head), rule, ...rows.map(line)];
}
