import type { Span, TraceExport } from "@pifleet/invocation";
import { type ExportResult, mergeExports, toTraceExport } from "./export-result.ts";
import type { SendSpans, TraceDestination } from "./exporter.ts";
import { type Audience, treeFor } from "./tree-for.ts";

/** Where the spans of one invocation go: to the deployment's collector, to its own, to both or to none. */
export type Senders = Readonly<Partial<Record<Audience, SendSpans>>>;

export interface ExportedSpans {
  /** What came of each destination that there is. */
  readonly results: Readonly<Partial<Record<Audience, ExportResult>>>;
  /** What the record tells of it, when spans that could not be sent are given up. */
  readonly export: TraceExport;
}

/** Sends every destination the tree that it gets, at the same time. Never rejects. */
export async function exportToAll(
  senders: Senders,
  spans: readonly Span[],
  callerSpanId?: string | null,
): Promise<ExportedSpans> {
  const audiences = (["deployment", "invocation"] as const).filter((audience) => senders[audience]);
  const sent = audiences.map(async (audience) => {
    const result = await senders[audience]?.(treeFor(audience, spans, callerSpanId));
    return [audience, result ?? { kind: "off" }] as const;
  });
  const results = Object.fromEntries(await Promise.all(sent)) as Partial<Record<Audience, ExportResult>>;
  return { results, export: mergeResults(results) };
}

/**
 * What the record tells of several destinations.
 * @param spooled the destinations whose unsent spans are kept and will be sent later
 */
export function mergeResults(results: ExportedSpans["results"], spooled: readonly Audience[] = []): TraceExport {
  const exports = Object.entries(results).map(([audience, result]) => {
    const kept = spooled.some((name) => name === audience) ? "spooled" : "failed";
    return [audience, toTraceExport(result, kept)] as const;
  });
  return mergeExports(Object.fromEntries(exports));
}

/** Whether two destinations are one: then only the deployment's is sent to, and gets the whole tree. */
export function isSameDestination(a: Destined, b: Destined): boolean {
  return URL.parse(a.endpoint)?.href === URL.parse(b.endpoint)?.href && headersOf(a) === headersOf(b);
}

type Destined = Pick<TraceDestination, "endpoint" | "headers">;

function headersOf({ headers = {} }: Destined): string {
  const entries = Object.entries(typeof headers === "function" ? headers() : headers);
  return JSON.stringify(entries.map(([name, value]) => [name.toLowerCase(), value]).sort());
}
