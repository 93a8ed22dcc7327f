import type { ReceivedSpan } from "@pifleet/testkit/trace-sink";
import { expect } from "vitest";

/** How many levels of a whole tree are the fleet's: SERVER, PRODUCER and CONSUMER. */
const FLEET_LEVELS = 3;
const INDENT = "  ";

/**
 * The tree as text, a line for each span below its parent: the name; `!` and the error's type, with `?` behind it when
 * the span did not end by itself; `+` and the name of each of its events.
 * @param rootParent the id of the span that the roots hang on; empty for none
 */
export function outlineOf(spans: readonly ReceivedSpan[], rootParent: string): string {
  const below = (parent: string, depth: number): string[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .sort(byStart)
      .flatMap((span) => [INDENT.repeat(depth) + lineOf(span), ...below(span.spanId, depth + 1)]);
  const lines = below(rootParent, 0);
  const lost = spans.length - lines.length;
  return [...lines, ...(lost > 0 ? [`and ${lost} whose parents are missing`] : [])].join("\n");
}

/** What of a whole tree the destination of an invocation gets. */
export function ownOutline(whole: string): string {
  const prefix = INDENT.repeat(FLEET_LEVELS);
  const own = whole
    .split("\n")
    .filter((line) => line.startsWith(prefix) || line.trimStart().startsWith("invoke_agent"));
  const depth = Math.min(...own.map((line) => line.length - line.trimStart().length));
  return own.map((line) => line.slice(depth)).join("\n");
}

/** An outline as it stands in a test: without what is common to all its lines. */
export function outline(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const depth = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(depth)).join("\n");
}

/** Expects what holds for the spans of one invocation whatever came of it. They are in the order of their arrival. */
export function expectSound(spans: readonly ReceivedSpan[], traceId: string): void {
  expect([...new Set(spans.map((span) => span.traceId))]).toEqual([traceId]);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  expect(spans.filter(({ parentSpanId }, i) => isLate(parentSpanId, spans, i)).map(lineOf)).toEqual([]);
  expect(spans.filter((span) => !isClosed(span)).map(lineOf)).toEqual([]);
  expect(spans.filter((span) => !isWithinParent(span, spans)).map(lineOf)).toEqual([]);
  expect(spans.filter((span) => !isErrorTold(span)).map(lineOf)).toEqual([]);
}

/** Whether a parent comes behind its child. The one that all attempts hang on goes with the first of them. */
function isLate(parent: string, spans: readonly ReceivedSpan[], at: number): boolean {
  const parentAt = spans.findIndex(({ spanId }) => spanId === parent);
  return parentAt > at && spans[parentAt]?.kind !== "SPAN_KIND_PRODUCER";
}

function isClosed({ startTimeUnixNano, endTimeUnixNano, attributes }: ReceivedSpan): boolean {
  return startTimeUnixNano > 0n && endTimeUnixNano >= startTimeUnixNano && attributes["pifleet.open"] === undefined;
}

/** What was sent is processed later, so only the spans below a PRODUCER may outlast it. */
function isWithinParent(span: ReceivedSpan, spans: readonly ReceivedSpan[]): boolean {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  if (!parent) return true;
  const mayOutlast = parent.kind === "SPAN_KIND_PRODUCER";
  const startsWithin = span.startTimeUnixNano >= parent.startTimeUnixNano;
  return startsWithin && (mayOutlast || span.endTimeUnixNano <= parent.endTimeUnixNano);
}

/** A span has an error's type exactly when its status is an error. */
function isErrorTold({ attributes, status }: ReceivedSpan): boolean {
  return (status.code === "STATUS_CODE_ERROR") === (attributes["error.type"] !== undefined);
}

function lineOf({ name, attributes, events }: ReceivedSpan): string {
  const error = attributes["error.type"];
  const cut = attributes["pifleet.cut_short"] === true ? "?" : "";
  return [name, ...(error ? [`!${error}${cut}`] : []), ...events.map((event) => `+${event.name}`)].join(" ");
}

function byStart(a: ReceivedSpan, b: ReceivedSpan): number {
  return Number(a.startTimeUnixNano - b.startTimeUnixNano);
}
