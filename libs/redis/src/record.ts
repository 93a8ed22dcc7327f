import { type AttemptExport, type Invocation, traceExportOf } from "@pifleet/invocation";
import { decodeText, encodeText } from "./text-encoding.ts";

/**
 * The fields of an invocation's hash. What never changes is one field, `given`; an absent field is null. Credentials
 * are in fields of their own: `traceHeaders`, which goes when they are needed no more, and the invocation's `webhook`,
 * whose messages may be sent again as long as the record is kept. The scripts look at whether there is one,
 * and make the entry of the queue of `carrier` and `priority`.
 *
 * Of an invocation that has ended, what changes no more may be `folded` into one field, see `compaction.ts`.
 */
export type RecordFields = Readonly<Record<string, string>>;

/** The fields of a hash as Redis answers them. */
export type StoredFields = Readonly<Record<string, Buffer>>;

/** Fields for the scripts that repeat what is in others; of an ended invocation no script looks at them. */
export const SPENT_FIELDS = ["maxAttempts", "recovery", "priority"] as const;

/** Fields that never change once an invocation has ended. */
export const FOLDED_FIELDS = [
  "given",
  "output",
  "messages",
  "attempts",
  "usage",
  "error",
  "artifacts",
  "carrier",
  "startedAt",
  "endedAt",
  "cancelRequestedAt",
] as const;

type Given = Pick<
  Invocation,
  "agent" | "model" | "metadata" | "limits" | "createdAt" | "submission" | "callerSpanId"
> & { readonly traceId: string };

/** The fields and values, in turn, with which a new record is written. */
export function encodeRecord(invocation: Invocation): string[] {
  const { agent, model, metadata, limits, createdAt, submission, carrier, callerSpanId } = invocation;
  const { webhook, trace, ...rest } = submission;
  const { headers, ...shownTrace } = trace ?? {};
  const given: Given = {
    agent,
    model,
    metadata,
    limits,
    createdAt,
    submission: trace ? { ...rest, trace: shownTrace } : rest,
    callerSpanId,
    traceId: invocation.trace.traceId,
  };
  const fields: Record<string, string> = {
    tenant: invocation.tenant,
    status: invocation.status,
    attempt: String(invocation.attempt),
    attempts: JSON.stringify(invocation.attempts),
    usage: JSON.stringify(invocation.usage),
    maxAttempts: String(limits.maxAttempts),
    recovery: submission.recovery,
    priority: String(submission.priority),
    carrier: JSON.stringify(carrier),
    given: JSON.stringify(given),
    ...(headers && { traceHeaders: JSON.stringify(headers) }),
    ...(webhook && { webhook: JSON.stringify(webhook) }),
  };
  return Object.entries(fields).flat();
}

/** Folds fields into one. Their values hold no line breaks: they are JSON, or times. */
export async function foldFields(fields: StoredFields): Promise<Buffer> {
  return encodeText(
    Object.entries(fields)
      .map(([name, value]) => `${name}\n${value}`)
      .join("\n"),
  );
}

/** The invocation of a hash, or `null` when there is no such hash. */
export async function decodeRecord(id: Invocation["id"], stored: StoredFields): Promise<Invocation | null> {
  const fields = await unfold(stored);
  if (!fields.given) return null;
  const { traceId, submission, ...given } = JSON.parse(fields.given) as Given;
  const attempt = Number(fields.attempt);
  const exports = decodeExports(fields, attempt);
  return {
    ...given,
    id,
    carrier: parse<Invocation["carrier"]>(fields.carrier, {}),
    submission: withCredentials(submission, fields),
    exports,
    tenant: fields.tenant ?? "",
    status: fields.status as Invocation["status"],
    attempt,
    attempts: parse<Invocation["attempts"]>(fields.attempts, []),
    startedAt: fields.startedAt ?? null,
    endedAt: fields.endedAt ?? null,
    cancelRequestedAt: fields.cancelRequestedAt ?? null,
    output: parse<Invocation["output"]>(fields.output, null),
    messages: parse<Invocation["messages"]>(fields.messages, []),
    artifacts: parse<Invocation["artifacts"]>(fields.artifacts, []),
    error: parse<Invocation["error"]>(fields.error, null),
    usage: JSON.parse(fields.usage ?? "{}") as Invocation["usage"],
    trace: { traceId, export: traceExportOf(exports, attempt) },
  };
}

/** The fields that a script answers with, names and values in turn. */
export function fieldsOf(flat: readonly Buffer[]): StoredFields {
  return Object.fromEntries(pairs(flat).map(([name, value]) => [name.toString(), value]));
}

async function unfold({ folded, ...own }: StoredFields): Promise<RecordFields> {
  const earlier = folded ? pairs((await decodeText(folded)).split("\n")) : [];
  return Object.fromEntries([...earlier, ...Object.entries(own).map(([name, value]) => [name, value.toString()])]);
}

function pairs<T>(flat: readonly T[]): [T, T][] {
  const found: [T, T][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) found.push([flat[i] as T, flat[i + 1] as T]);
  return found;
}

/** What was recorded for each attempt, and for none (0), in the fields `export:<number>`. */
function decodeExports(fields: RecordFields, newest: number): Invocation["exports"] {
  const exports: Record<number, AttemptExport> = {};
  for (let attempt = 0; attempt <= newest; attempt += 1) {
    const json = fields[`export:${attempt}`];
    if (json !== undefined) exports[attempt] = JSON.parse(json) as AttemptExport;
  }
  return exports;
}

function withCredentials(
  submission: Invocation["submission"],
  { traceHeaders, webhook }: RecordFields,
): Invocation["submission"] {
  return {
    ...submission,
    ...(traceHeaders !== undefined && { trace: { ...submission.trace, headers: JSON.parse(traceHeaders) } }),
    ...(webhook !== undefined && { webhook: JSON.parse(webhook) }),
  };
}

function parse<T>(json: string | undefined, absent: T): T {
  return json === undefined ? absent : (JSON.parse(json) as T);
}
