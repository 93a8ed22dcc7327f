import {
  type AttemptExport,
  type AttemptProgress,
  addUsage,
  type BriefSubmission,
  briefSubmission,
  type Invocation,
  resolveLimits,
  type SummaryFields,
  traceExportOf,
} from "@pifleet/invocation";
import { decodeText, encodeText } from "../scripting/text-encoding.ts";

/**
 * The fields of an invocation's hash. What never changes is in `given`, and what may be large of it in `submission`; an
 * absent field is null. Credentials are in fields of their own: `traceHeaders`, which goes when they are needed no more, and the invocation's `webhook`,
 * whose messages may be sent again as long as the record is kept. The scripts look at whether there is one,
 * and make the entry of the queue of `carrier` and `priority`.
 *
 * While an attempt runs, `progress` holds what it has done so far: it counts on top of the `usage` of those before it.
 *
 * Of an invocation that has ended, what changes no more may be `folded` into one field, see `compaction.ts`. When that is
 * long, what lists show is folded by itself, into `head`: a list must not have to unfold megabytes.
 */
export type RecordFields = Readonly<Record<string, string>>;

/** The fields of a hash as Redis answers them. */
export type StoredFields = Readonly<Record<string, Buffer>>;

/** Fields for the scripts that repeat what is in others; of an ended invocation no script looks at them. */
export const SPENT_FIELDS = ["maxAttempts", "recovery", "priority", "apart"] as const;

/** The fields that a summary is made of and that never change once an invocation has ended. */
const HEAD_FIELDS = [
  "given",
  "attempts",
  "usage",
  "error",
  "startedAt",
  "endedAt",
  "messageCount",
  "cancellation",
] as const;

/** Fields that never change once an invocation has ended. */
export const FOLDED_FIELDS = [
  ...HEAD_FIELDS,
  "submission",
  "output",
  "messages",
  "stopReason",
  "artifacts",
  "carrier",
  "cancelRequestedAt",
] as const;

/** The fields that a summary of an open invocation, or of one with a `head`, is made of. */
export const SUMMARY_FIELDS = [...HEAD_FIELDS, "tenant", "status", "attempt", "progress", "head"] as const;

/** Up to this, the folded fields of a record are one field; characters. */
const SHORT_FOLD_CHARS = 8_192;

type Given = Pick<
  Invocation,
  "agent" | "model" | "metadata" | "limits" | "createdAt" | "callerSpanId" | "retryOf" | "submittedBy"
> & {
  readonly traceId: string;
  /** What lists show of the submission. Absent in records of schema 1. */
  readonly brief?: BriefSubmission;
  /** Records of schema 1 have the submission here. */
  readonly submission?: Invocation["submission"];
};

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
    callerSpanId,
    brief: briefSubmission(submission),
    retryOf: invocation.retryOf,
    submittedBy: invocation.submittedBy,
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
    submission: JSON.stringify(trace ? { ...rest, trace: shownTrace } : rest),
    ...(headers && { traceHeaders: JSON.stringify(headers) }),
    ...(webhook && { webhook: JSON.stringify(webhook) }),
  };
  return Object.entries(fields).flat();
}

/** The fields that were folded: in one, or apart from the head. */
export interface FoldedFields {
  readonly folded: Buffer;
  readonly head?: Buffer;
}

/** Folds fields. Their values hold no line breaks: they are JSON, or times. */
export async function foldFields(fields: StoredFields): Promise<FoldedFields> {
  const all = Object.entries(fields);
  const chars = all.reduce((sum, [, value]) => sum + value.length, 0);
  if (chars <= SHORT_FOLD_CHARS) return { folded: await fold(all) };
  const isHead = ([name]: [string, Buffer]) => (HEAD_FIELDS as readonly string[]).includes(name);
  const rest = all.filter((field) => !isHead(field));
  return { head: await fold(all.filter(isHead)), folded: await fold(rest) };
}

function fold(fields: readonly [name: string, value: Buffer][]): Promise<Buffer> {
  return encodeText(fields.map(([name, value]) => `${name}\n${value}`).join("\n"));
}

/** The invocation of a hash, or `null` when there is no such hash. */
export async function decodeRecord(id: Invocation["id"], stored: StoredFields): Promise<Invocation | null> {
  const fields = await unfold(stored);
  const head = decodeHead(id, fields);
  if (!head) return null;
  const messages = parse<Invocation["messages"]>(fields.messages, []);
  return {
    ...head,
    messageCount: Math.max(head.messageCount, messages.length),
    carrier: parse<Invocation["carrier"]>(fields.carrier, {}),
    submission: withCredentials(submissionOf(fields), fields),
    exports: decodeExports(fields, head.attempt),
    cancelRequestedAt: fields.cancelRequestedAt ?? null,
    output: parse<Invocation["output"]>(fields.output, null),
    messages,
    stopReason: parse<Invocation["stopReason"]>(fields.stopReason, null),
    artifacts: parse<Invocation["artifacts"]>(fields.artifacts, []),
  };
}

/** Summary of an invocation for lists, and its tenant. */
export type StoredSummary = SummaryFields & Pick<Invocation, "tenant" | "callerSpanId">;

/** The summary of a hash of which `SUMMARY_FIELDS` and the exports are known, or `null` when there is no such hash. */
export async function decodeSummary(id: Invocation["id"], stored: StoredFields): Promise<StoredSummary | null> {
  const fields = await unfold(stored);
  const head = decodeHead(id, fields);
  if (!head) return null;
  const { brief } = JSON.parse(fields.given ?? "{}") as Given;
  return { ...head, ...(brief ?? briefSubmission(withCredentials(submissionOf(fields), fields))) };
}

/** The submission without its credentials. */
function submissionOf({ submission, given }: RecordFields): Invocation["submission"] {
  if (submission !== undefined) return JSON.parse(submission) as Invocation["submission"];
  return (JSON.parse(given ?? "{}") as Given).submission as Invocation["submission"];
}

/** What records and summaries have in common. */
type Head = Omit<StoredSummary, keyof BriefSubmission>;

function decodeHead(id: Invocation["id"], fields: RecordFields): Head | null {
  if (!fields.given) return null;
  const { traceId, brief: _, submission: __, ...given } = JSON.parse(fields.given) as Given;
  const attempt = Number(fields.attempt);
  const usage = JSON.parse(fields.usage ?? "{}") as Invocation["usage"];
  const progress = parse<AttemptProgress | null>(fields.progress, null);
  return {
    ...given,
    limits: resolveLimits(given.limits),
    retryOf: given.retryOf ?? null,
    submittedBy: given.submittedBy ?? null,
    cancellation: parse<Invocation["cancellation"]>(fields.cancellation, null),
    id,
    tenant: fields.tenant ?? "",
    status: fields.status as Invocation["status"],
    attempt,
    attempts: parse<Invocation["attempts"]>(fields.attempts, []),
    startedAt: fields.startedAt ?? null,
    endedAt: fields.endedAt ?? null,
    error: parse<Invocation["error"]>(fields.error, null),
    usage: progress ? addUsage(usage, progress.usage) : usage,
    messageCount: progress?.messages ?? Number(fields.messageCount ?? 0),
    trace: { traceId, export: traceExportOf(decodeExports(fields, attempt), attempt) },
  };
}

/** The fields that a script answers with, names and values in turn. */
export function fieldsOf(flat: readonly Buffer[]): StoredFields {
  return Object.fromEntries(pairs(flat).map(([name, value]) => [name.toString(), value]));
}

async function unfold({ head, folded, ...own }: StoredFields): Promise<RecordFields> {
  const texts = await Promise.all([head, folded].map((part) => (part ? decodeText(part) : "")));
  const earlier = texts.flatMap((text) => pairs(text.split("\n")));
  return Object.fromEntries([...earlier, ...Object.entries(own).map(([name, value]) => [name, value.toString()])]);
}

function pairs<T>(flat: readonly T[]): [T, T][] {
  const found: [T, T][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) found.push([flat[i] as T, flat[i + 1] as T]);
  return found;
}

/** Export results of each attempt, and of none (0), in the fields `export:<number>`. */
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
