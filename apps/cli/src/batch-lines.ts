import type { SubmissionInput } from "@pifleet/client";
import { UsageError } from "./failure.ts";
import { oneLine } from "./plain-text.ts";

const REASON_COLUMNS = 120;

/** A submission as it stands in a batch; what it says is for the API to judge. */
export interface BatchLine {
  /** Counted from 1, with the empty lines. */
  readonly number: number;
  readonly submission: Partial<SubmissionInput>;
}

/**
 * Reads a batch: one JSON object a line (NDJSON); empty lines are passed over.
 * @param name what the user calls it
 * @throws {UsageError} naming the first line that is none, or when there is no line
 */
export function parseBatch(text: string, name: string): BatchLine[] {
  const lines = text
    .replace(/^\ufeff/, "")
    .split("\n")
    .flatMap((line, i) => (line.trim() === "" ? [] : [{ number: i + 1, submission: parseLine(line, name, i + 1) }]));
  if (lines.length === 0) throw new UsageError(`${name} holds no submission: there must be one on every line.`);
  return lines;
}

function parseLine(line: string, name: string, number: number): BatchLine["submission"] {
  const value = parseJson(line, `${name}, line ${number}`);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`${name}, line ${number} is not a JSON object, such as {"input": "Say hello"}.`);
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${place} is not JSON: ${oneLine(reason, REASON_COLUMNS)}.`, { cause });
  }
}
