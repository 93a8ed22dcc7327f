import type { Comparison, Figure, Report } from "./report.ts";
import { median, pairwise, quantile } from "./statistics.ts";
import { numberIn, shownIn } from "./units.ts";

/** Everything that was measured as tables, one for each measurement. */
export function detailTables(reports: readonly Report[]): string[] {
  return reports.flatMap(section);
}

function section({ title, method, figures, comparisons }: Report): string[] {
  return ["", `## ${title}`, "", method, ...figureTable(figures), ...comparisonTable(comparisons)];
}

function figureTable(figures: readonly Figure[]): string[] {
  if (figures.length === 0) return [];
  const rows = figures.map(({ name, by, unit, values }) => [
    by === undefined ? name : `${name} (${by})`,
    shownIn(median(values), unit),
    `${numberIn(quantile(values, 0), unit)} – ${numberIn(quantile(values, 0.9), unit)} – ${numberIn(quantile(values, 1), unit)}`,
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
      shownIn(median(off), unit),
      shownIn(median(on), unit),
      (median(on) / median(off)).toFixed(3),
      `${numberIn(median(cost), unit)} (${numberIn(quantile(cost, 0), unit)} – ${numberIn(quantile(cost, 1), unit)})`,
      `${numberIn(median(noise), unit)} (${numberIn(quantile(noise, 0), unit)} – ${numberIn(quantile(noise, 1), unit)})`,
      (median(again) / median(on)).toFixed(3),
    ];
  });
  return aligned([["figure", "off", "on", "on/off", "on − off by round", "on again − on", "again/on"], ...rows]);
}

const minus = (a: number, b: number) => a - b;

/** Markdown wants three characters in the rule below a head. */
const NARROWEST = 3;

/** A table that Markdown shows as well, which begins with an empty line. The first column is of text. */
export function aligned([head = [], ...rows]: readonly string[][]): string[] {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), NARROWEST),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return ["", line(head), rule, ...rows.map(line)];
}
