import type { Invocation } from "@pifleet/invocation";

/** The fields of an invocation's hash. What never changes is one field, `given`; an absent field is null. */
export type RecordFields = Readonly<Record<string, string>>;

type Given = Pick<
  Invocation,
  "agent" | "model" | "metadata" | "limits" | "createdAt" | "artifacts" | "submission" | "carrier"
> & { readonly traceId: string };

/** The fields and values, in turn, with which a new record is written. */
export function encodeRecord(invocation: Invocation): string[] {
  const { agent, model, metadata, limits, createdAt, artifacts, submission, carrier, trace } = invocation;
  const given: Given = {
    agent,
    model,
    metadata,
    limits,
    createdAt,
    artifacts,
    submission,
    carrier,
    traceId: trace.traceId,
  };
  const fields: Record<string, string> = {
    tenant: invocation.tenant,
    status: invocation.status,
    attempt: String(invocation.attempt),
    attempts: JSON.stringify(invocation.attempts),
    usage: JSON.stringify(invocation.usage),
    export: JSON.stringify(trace.export),
    maxAttempts: String(limits.maxAttempts),
    recovery: submission.recovery,
    given: JSON.stringify(given),
  };
  return Object.entries(fields).flat();
}

/** The invocation of a hash, or `null` when there is no such hash. */
export function decodeRecord(id: Invocation["id"], fields: RecordFields): Invocation | null {
  if (!fields.given) return null;
  const { traceId, ...given } = JSON.parse(fields.given) as Given;
  return {
    ...given,
    id,
    tenant: fields.tenant ?? "",
    status: fields.status as Invocation["status"],
    attempt: Number(fields.attempt),
    attempts: parse<Invocation["attempts"]>(fields.attempts, []),
    startedAt: fields.startedAt ?? null,
    endedAt: fields.endedAt ?? null,
    cancelRequestedAt: fields.cancelRequestedAt ?? null,
    output: parse<Invocation["output"]>(fields.output, null),
    messages: parse<Invocation["messages"]>(fields.messages, []),
    error: parse<Invocation["error"]>(fields.error, null),
    usage: JSON.parse(fields.usage ?? "{}") as Invocation["usage"],
    trace: { traceId, export: JSON.parse(fields.export ?? "{}") as Invocation["trace"]["export"] },
  };
}

/** The fields that a script answers with, names and values in turn. */
export function fieldsOf(flat: readonly string[]): RecordFields {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ""] = flat[i + 1] ?? "";
  return fields;
}

function parse<T>(json: string | undefined, absent: T): T {
  return json === undefined ? absent : (JSON.parse(json) as T);
}
