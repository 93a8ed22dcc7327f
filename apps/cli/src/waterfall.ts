import type { Span } from "@pifleet/client";
import { formatDuration } from "./figures.ts";
import type { Paint, Style } from "./output.ts";
import { oneLine } from "./plain-text.ts";
import { nameOf, remarkOf, type SpanRow, treeOrder, type WaitRow, withWaits } from "./span-rows.ts";
import { pad, width } from "./table.ts";
import { type Stretch, Timeline } from "./timeline.ts";

const LONGEST_NAME = 48;
const NARROWEST_BAR = 10;
const DURATION_COLUMNS = 12;
const FAILED = " ✗";

/**
 * The spans as a tree with their times as bars: parents above their children, siblings in the order in which they
 * started. A span that has not ended yet has a bar that ends with dots; a long wait is a line of its own, and is not
 * drawn to scale. What is said of an error stands below its span. Empty when there are no spans. Each line is at most
 * `columns` wide, if that is enough for a name and a bar.
 */
export function waterfall(spans: readonly Span[], options: { columns: number; paint: Paint }): string {
  if (spans.length === 0) return "";
  const { columns, paint } = options;
  const mostName = Math.min(LONGEST_NAME, Math.floor(columns / 2));
  const tree = treeOrder(spans);
  const nameColumns = Math.max(...tree.map((row) => width(nameOf(row, mostName))));
  const markColumns = spans.some(isFailed) ? FAILED.length : 0;
  const barColumns = Math.max(NARROWEST_BAR, columns - nameColumns - 1 - DURATION_COLUMNS - markColumns);
  const timeline = new Timeline(spans, barColumns);
  const lines = withWaits(tree, timeline.waits).flatMap((row) => {
    const name = pad(nameOf(row, mostName), nameColumns);
    const bar = barOf(row, timeline, barColumns);
    const mark = row.kind === "span" && isFailed(row.span) ? paint("red", FAILED) : "";
    const line = `${name} ${paint(styleOf(row), bar)}${durationOf(row).padStart(DURATION_COLUMNS)}${mark}`;
    return [line, ...remarkLines(row, options)];
  });
  return [headerOf(spans), ...lines].join("\n");
}

function headerOf(spans: readonly Span[]): string {
  const traces = [...new Set(spans.map((span) => span.traceId))].join(", ");
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const total = formatDuration(Math.max(...spans.map((span) => span.endMs)) - startMs);
  const count = `${spans.length} ${spans.length === 1 ? "span" : "spans"}`;
  return `trace ${traces} · ${count} · ${total}${spans.some(isOpen) ? ", running" : ""}`;
}

/** A bar where the row lies in the whole time; also the shortest can be seen. */
function barOf(row: SpanRow | WaitRow, timeline: Timeline, columns: number): string {
  const { startMs, endMs } = timeOf(row);
  const start = timeline.column(startMs);
  const from = Math.min(Math.floor(start), columns - 1);
  const length = Math.max(1, Math.min(Math.round(timeline.column(endMs) - start), columns - from));
  if (row.kind === "wait") return pad(" ".repeat(from) + "·".repeat(length), columns);
  const end = isOpen(row.span) ? "…" : "█";
  return pad(" ".repeat(from) + "█".repeat(length - 1) + end, columns);
}

function remarkLines(row: SpanRow | WaitRow, { columns, paint }: { columns: number; paint: Paint }): string[] {
  const remark = row.kind === "span" ? remarkOf(row) : undefined;
  if (remark === undefined) return [];
  const indent = "  ".repeat(row.depth + 1);
  return [indent + paint("dim", oneLine(remark, Math.max(columns - indent.length, NARROWEST_BAR)))];
}

function timeOf(row: SpanRow | WaitRow): Stretch {
  return row.kind === "wait" ? row.wait : row.span;
}

function durationOf(row: SpanRow | WaitRow): string {
  const { startMs, endMs } = timeOf(row);
  return formatDuration(endMs - startMs);
}

function styleOf(row: SpanRow | WaitRow): Style {
  if (row.kind === "wait") return "dim";
  if (isFailed(row.span)) return "red";
  return isOpen(row.span) ? "yellow" : "cyan";
}

function isFailed({ status }: Span): boolean {
  return status.code === "error";
}

function isOpen({ attributes }: Span): boolean {
  return attributes["pifleet.open"] === true;
}
