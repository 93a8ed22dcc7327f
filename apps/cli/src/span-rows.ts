import type { Span } from "@pifleet/client";
import { oneLine, plainText } from "./plain-text.ts";
import type { Stretch } from "./timeline.ts";

/** A span with its place in the tree. */
export interface SpanRow {
  readonly kind: "span";
  readonly span: Span;
  /** 0 for one whose parent is not among the spans. */
  readonly depth: number;
  readonly parent: SpanRow | undefined;
}

/** A long time before the span below it, in which nothing happened. */
export interface WaitRow {
  readonly kind: "wait";
  readonly wait: Stretch;
  readonly depth: number;
}

/**
 * The spans as a tree, depth first, siblings in the order in which they started. A span that is its own ancestor, which
 * only a broken recorder makes, stands at the top.
 */
export function treeOrder(spans: readonly Span[]): SpanRow[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const byStart = spans.toSorted((a, b) => a.startMs - b.startMs);
  const children = Map.groupBy(byStart, (span) => span.parentSpanId ?? "");
  const seen = new Set<Span>();
  const descend = (span: Span, parent: SpanRow | undefined): SpanRow[] => {
    if (seen.has(span)) return [];
    seen.add(span);
    const row: SpanRow = { kind: "span", span, depth: parent ? parent.depth + 1 : 0, parent };
    return [row, ...(children.get(span.spanId) ?? []).flatMap((child) => descend(child, row))];
  };
  const roots = byStart.filter((span) => !ids.has(span.parentSpanId ?? ""));
  return [...roots, ...byStart].flatMap((span) => descend(span, undefined));
}

/** Puts each wait above the first span that came after it. */
export function withWaits(rows: readonly SpanRow[], waits: readonly Stretch[]): (SpanRow | WaitRow)[] {
  const left = new Map(waits.map((wait) => [wait.endMs, wait]));
  return rows.flatMap((row) => {
    const wait = left.get(row.span.startMs);
    if (!wait) return [row];
    left.delete(row.span.startMs);
    return [{ kind: "wait" as const, wait, depth: row.depth }, row];
  });
}

/** The name of a row, set in by its depth; a later attempt is named as one where it begins. */
export function nameOf(row: SpanRow | WaitRow, most: number): string {
  const indent = "  ".repeat(row.depth);
  if (row.kind === "wait") return `${indent}· waiting`;
  const { span, parent } = row;
  const attempt = span.attempt > 1 && parent?.span.attempt !== span.attempt ? ` (attempt ${span.attempt})` : "";
  const room = most - indent.length - attempt.length;
  return indent + oneLine(span.name, Math.max(room, LEAST_NAME)) + attempt;
}

const LEAST_NAME = 10;

/** What went wrong, and the exit code of a tool that had one; nothing when the row above it has said the same. */
export function remarkOf({ span, parent }: SpanRow): string | undefined {
  const remark = remarkOn(span);
  const isSaid = parent !== undefined && remarkOn(parent.span) === remark;
  return isSaid ? undefined : remark;
}

function remarkOn({ status, attributes }: Span): string | undefined {
  const exitCode = attributes["process.exit.code"];
  const exit = exitCode === undefined || exitCode === 0 ? undefined : `exit ${exitCode}`;
  if (status.code !== "error") return exit;
  const type = attributes["error.type"];
  const words = [type === undefined ? undefined : String(type), status.message || undefined];
  const reason = words.filter((word) => word !== undefined).join(": ") || "error";
  return plainText(`✗ ${exit ? `${reason} (${exit})` : reason}`);
}
