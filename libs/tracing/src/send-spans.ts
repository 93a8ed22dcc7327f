import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { Resource } from "@opentelemetry/resources";
import type { Span } from "@pifleet/invocation";
import { cutText } from "./attribute-limits.ts";
import { concealCredentials } from "./credentials.ts";
import type { Deadline } from "./deadline.ts";
import type { ExportResult } from "./export-result.ts";
import { ExportTally } from "./export-tally.ts";
import { spanBytes } from "./message-size.ts";
import { type Answer, post, type Target } from "./otlp-http.ts";
import { readableSpan } from "./readable-span.ts";

const FIRST_BACKOFF_MS = 250;
/** How long a message is tried again after its first failure. Later tries are the spool's: its record says so. */
const PATIENCE_MS = 1_500;
/** What collectors take by default, with room for the resource. */
const MAX_MESSAGE_BYTES = 4_000_000 - 4_096;
const MAX_REASON_BYTES = 512;

/**
 * Sends spans in as few messages as the collector takes, in their order. A message that is too large for it is sent as
 * smaller ones; a single span that is, is given up.
 */
export async function sendSpans(
  target: Target,
  resource: Resource,
  spans: readonly Span[],
  deadline: Deadline,
): Promise<ExportResult> {
  const tally = new ExportTally();
  let maxBytes = MAX_MESSAGE_BYTES;
  for (let from = 0; from < spans.length; ) {
    const { batch, bytes } = nextBatch(spans, from, maxBytes);
    const answer = await sendBatch(target, resource, batch, deadline);
    if (answer.kind === "too_large" && batch.length > 1) {
      maxBytes = bytes / 2;
      continue;
    }
    if (answer.kind === "retryable") {
      tally.leave(spans.slice(from), answer.reason, answer.retryAfterMs);
      break;
    }
    if (answer.kind === "accepted") tally.accept(batch.length, ...refusedSpans(answer.body, batch.length, target));
    else tally.refuse(batch.length, answer.reason, answer.kind === "refused" && answer.mayPass === true);
    from += batch.length;
  }
  return tally.result();
}

/** As many spans as fit into one message, and at least one. */
function nextBatch(spans: readonly Span[], from: number, maxBytes: number): { batch: readonly Span[]; bytes: number } {
  let bytes = 0;
  let to = from;
  for (const span of spans.slice(from)) {
    const more = spanBytes(span);
    if (to > from && bytes + more > maxBytes) break;
    bytes += more;
    to += 1;
  }
  return { batch: spans.slice(from, to), bytes };
}

/** Tries again for a moment, within the deadline, when the answer says that this may help. */
async function sendBatch(
  target: Target,
  resource: Resource,
  batch: readonly Span[],
  deadline: Deadline,
): Promise<Answer> {
  const message = encode(batch, resource);
  if (!message) return { kind: "refused", reason: "the spans could not be encoded" };
  let reason: string | undefined;
  let patience: Deadline | undefined;
  for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs *= 2) {
    const answer = await post(target, message, deadline);
    if (answer.kind !== "retryable") return answer;
    // That the time was over says less than what went wrong before.
    if (!deadline.isOver) reason = answer.reason;
    patience ??= deadline.atMost(PATIENCE_MS);
    if (!(await patience.wait(waitMs(answer.retryAfterMs, backoffMs)))) return reason ? { ...answer, reason } : answer;
  }
}

function encode(batch: readonly Span[], resource: Resource): Uint8Array | undefined {
  try {
    return ProtobufTraceSerializer.serializeRequest(batch.map((span) => readableSpan(span, resource)));
  } catch {
    // Spans that were kept elsewhere may hold what no span of ours does.
    return undefined;
  }
}

/** Spread out, so that a fleet whose collector comes back does not knock it down again. */
function waitMs(retryAfterMs: number | undefined, backoffMs: number): number {
  return retryAfterMs === undefined ? backoffMs * (0.5 + Math.random() / 2) : retryAfterMs * (1 + Math.random() / 10);
}

/** How many spans of an accepted message the collector refused, and why. An answer that cannot be read refuses none. */
function refusedSpans(body: Uint8Array, spans: number, { url, headers }: Target): [count: number, reason: string] {
  try {
    const { partialSuccess } = ProtobufTraceSerializer.deserializeResponse(body);
    const count = Math.min(Math.max(0, Number(partialSuccess?.rejectedSpans ?? 0)), spans);
    const words = concealCredentials(partialSuccess?.errorMessage || "no reason given", url, headers);
    return [count, cutText(words, MAX_REASON_BYTES)];
  } catch {
    return [0, ""];
  }
}
