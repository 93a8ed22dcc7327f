import type { AttemptExport, Span, TraceAudience } from "@pifleet/invocation";
import { toAudienceExport } from "./export-result.ts";
import type { SendSpans, TraceDestination } from "./exporter.ts";
import { treeFor } from "./tree-for.ts";

/** Where the spans of one invocation go: to the deployment's collector, to its own, to both or to none. */
export type Senders = Readonly<Partial<Record<TraceAudience, SendSpans>>>;

const AUDIENCES: readonly TraceAudience[] = ["deployment", "invocation"];

/**
 * Sends the spans of one attempt to every destination that has not got them, each the tree that is meant for it, at the
 * same time. Never rejects.
 * @param before what came of earlier tries: a destination whose tries are over is left alone
 * @param stop breaks the exports off when it is aborted
 */
export async function exportToAll(
  senders: Senders,
  spans: readonly Span[],
  callerSpanId: string | null,
  before: AttemptExport = {},
  stop?: AbortSignal,
): Promise<AttemptExport> {
  const audiences = AUDIENCES.filter((audience) => senders[audience] ?? before[audience]);
  const results = audiences.map(async (audience) => {
    const send = senders[audience];
    const earlier = before[audience];
    if (earlier && !(earlier.again && send)) return [audience, earlier] as const;
    const tree = treeFor(audience, spans, callerSpanId);
    const result = await send?.(tree.slice(earlier?.sent ?? 0), { stop, isAgain: earlier !== undefined });
    return [audience, result ? toAudienceExport(result, tree, earlier) : earlier] as const;
  });
  return Object.fromEntries(await Promise.all(results));
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
