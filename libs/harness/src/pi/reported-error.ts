import type { SeenBody } from "./seen-body.ts";

/** An error that a provider reports in the body of an answer, also of one that began with 200. */
export interface ReportedError {
  /** An HTTP status, 400 to 599, when the error holds one. */
  readonly status?: number;
  /** Codes, types and statuses that are words, such as `rate_limit_exceeded` or `RESOURCE_EXHAUSTED`. */
  readonly names: readonly string[];
  readonly message?: string;
}

/** How many events at the end of a stream are looked at. */
const LAST_EVENTS = 8;
const MAX_DETAILS = 20;
const NUMBER_FIELDS = ["code", "status", "status_code", "statusCode", "http_code", "http_status"];
const NAME_FIELDS = ["code", "type", "status", "reason"];

/**
 * The error that a body reports: in one of the last events of a stream, or as JSON where no stream came. An error is
 * found by where it stands in the event and never by words, so what the model says is not taken for one.
 */
export function reportedError(body: SeenBody): ReportedError | undefined {
  const whole = body.isWhole ? parsed(body.tail) : undefined;
  if (whole !== undefined) return errorIn(whole);
  const events = body.tail
    .split(/\r\n|\n|\r/)
    .flatMap((line) => (line.startsWith("data:") ? [line.slice("data:".length)] : []));
  return events
    .slice(-LAST_EVENTS)
    .reverse()
    .map((data) => errorIn(parsed(data)))
    .find((error) => error !== undefined);
}

function errorIn(value: unknown): ReportedError | undefined {
  const event = objectOf(Array.isArray(value) ? value[0] : value);
  if (!event) return undefined;
  const choice = Array.isArray(event.choices) ? objectOf(event.choices[0]) : undefined;
  // OpenAI's responses and vLLM have errors that are the event itself.
  const isError = event.type === "error" || event.object === "error";
  const error = event.error ?? objectOf(event.response)?.error ?? choice?.error ?? (isError ? event : undefined);
  if (typeof error === "string") return { names: [], message: error };
  const fields = objectOf(error);
  return fields && read(fields);
}

function read(error: Record<string, unknown>): ReportedError {
  const details = Array.isArray(error.details) ? error.details.slice(0, MAX_DETAILS).map(objectOf) : [];
  const names = [error, ...details]
    .flatMap((owner) => NAME_FIELDS.map((field) => owner?.[field]))
    .filter((name) => typeof name === "string")
    // The event's own type, and a number that is written as text.
    .filter((name) => name !== "error" && !isStatus(Number(name)));
  const status = NUMBER_FIELDS.map((field) => Number(error[field] ?? Number.NaN)).find(isStatus);
  const { message } = error;
  return { ...(status !== undefined && { status }), names, ...(typeof message === "string" && { message }) };
}

function isStatus(code: number): boolean {
  return Number.isInteger(code) && code >= 400 && code < 600;
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
