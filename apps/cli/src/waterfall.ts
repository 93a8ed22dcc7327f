import type { Span } from "@pifleet/client";
import { formatDuration } from "./figures.ts";
import type { Paint } from "./output.ts";
import { oneLine, plainText } from "./plain-text.ts";
import { pad, width } from "./table.ts";

const LONGEST_NAME = 48;
const NARROWEST_BAR = 10;
const DURATION_COLUMNS = 12;
const LONGEST_NOTE = 80;

/** A span with its depth in the tree; 0 for one whose parent is not among the spans. */
interface Row {
  readonly span: Span;
  readonly depth: number;
}

/**
 * The spans as a tree with their times as bars: parents above their children, siblings in the order in which they
 * started. Empty when there are no spans. Each line is at most `columns` wide, but for what is said of an error.
 */
export function waterfall(spans: readonly Span[], options: { columns: number; paint: Paint }): string {
  if (spans.length === 0) return "";
  const rows = treeOrder(spans);
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const totalMs = Math.max(...spans.map((span) => span.endMs)) - startMs;
  const names = rows.map(nameOf);
  const nameColumns = Math.max(...names.map(width));
  const barColumns = Math.max(NARROWEST_BAR, options.columns - nameColumns - DURATION_COLUMNS - 1);
  const lines = rows.map(({ span }, i) => {
    const style = span.status.code === "error" ? "red" : "cyan";
    const bar = options.paint(style, barOf(span, { startMs, totalMs, columns: barColumns }));
    const duration = formatDuration(span.endMs - span.startMs).padStart(DURATION_COLUMNS);
    return `${pad(names[i] ?? "", nameColumns)} ${bar}${duration}${options.paint("dim", noteOf(span))}`;
  });
  return [headerOf(spans, totalMs), ...lines].join("\n");
}

function headerOf(spans: readonly Span[], totalMs: number): string {
  const traces = [...new Set(spans.map((span) => span.traceId))].join(", ");
  return `trace ${traces} · ${spans.length} ${spans.length === 1 ? "span" : "spans"} · ${formatDuration(totalMs)}`;
}

/** Depth first. A span that is its own ancestor, which only a broken recorder makes, stands at the top. */
function treeOrder(spans: readonly Span[]): Row[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const byStart = spans.toSorted((a, b) => a.startMs - b.startMs);
  const children = Map.groupBy(byStart, (span) => span.parentSpanId ?? "");
  const seen = new Set<Span>();
  const descend = (span: Span, depth: number): Row[] => {
    if (seen.has(span)) return [];
    seen.add(span);
    return [{ span, depth }, ...(children.get(span.spanId) ?? []).flatMap((child) => descend(child, depth + 1))];
  };
  const roots = byStart.filter((span) => !ids.has(span.parentSpanId ?? ""));
  return [...roots, ...byStart].flatMap((span) => descend(span, 0));
}

function nameOf({ span, depth }: Row): string {
  const attempt = depth === 0 && span.attempt > 1 ? ` (attempt ${span.attempt})` : "";
  return "  ".repeat(depth) + oneLine(`${span.name}${attempt}`, Math.max(LONGEST_NAME - 2 * depth, NARROWEST_BAR));
}

/** A bar where the span lies in the whole time; also the shortest span can be seen. */
function barOf(span: Span, scale: { startMs: number; totalMs: number; columns: number }): string {
  const perMs = scale.totalMs === 0 ? 0 : scale.columns / scale.totalMs;
  const from = Math.min(Math.floor((span.startMs - scale.startMs) * perMs), scale.columns - 1);
  const length = Math.max(1, Math.min(Math.round((span.endMs - span.startMs) * perMs), scale.columns - from));
  return pad(" ".repeat(from) + "█".repeat(length), scale.columns);
}

/** What went wrong, and the exit code of a tool that had one. */
function noteOf({ status, attributes }: Span): string {
  const exitCode = attributes["process.exit.code"];
  const exit = exitCode === undefined || exitCode === 0 ? "" : `  exit ${exitCode}`;
  if (status.code !== "error") return exit;
  const reason = status.message || String(attributes["error.type"] ?? "error");
  return `${exit}  ✗ ${oneLine(plainText(reason), LONGEST_NOTE)}`;
}
