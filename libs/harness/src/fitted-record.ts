import { Message, RunnerRecord } from "@pifleet/invocation";
import { now } from "./clock.ts";

/** As `RunnerRecord` bounds them, characters. */
const MAX_WORD = 4_096;
const MAX_TEXT = 4_194_304;
const WORDS = new Set(["callId", "name", "provider", "model", "stopReason", "responseId", "responseModel"]);

/**
 * The record as a worker takes it: a worker ends a run whose runner says what it must not. Texts that are too long are
 * cut, and what cannot be made to fit is replaced by a line of log.
 */
export function fittedRecord(record: RunnerRecord): RunnerRecord {
  if (RunnerRecord.safeParse(record).success) return record;
  const fitted = record.type === "finished" ? { ...record, result: fittedResult(record.result) } : cut(record);
  const { data, error } = RunnerRecord.safeParse(fitted);
  if (data) return data;
  const [issue] = error.issues;
  const message = `a record was left out: ${record.type}, ${issue?.path.join(".")}: ${issue?.message}`;
  return { type: "log", at: now(), level: "warn", message: message.slice(0, MAX_TEXT) };
}

/** Of the messages, those that are sound. */
function fittedResult({ output, messages, usage, failure }: Extract<RunnerRecord, { type: "finished" }>["result"]) {
  return {
    output: String(output),
    messages: messages.filter((message) => Message.safeParse(message).success),
    usage,
    failure: failure && { ...failure, message: String(failure.message).slice(0, MAX_TEXT) },
  };
}

function cut(record: RunnerRecord): object {
  const entries = Object.entries(record).map(([name, value]) => {
    if (typeof value !== "string") return [name, value];
    return [name, value.slice(0, WORDS.has(name) ? MAX_WORD : MAX_TEXT)];
  });
  return Object.fromEntries(entries);
}
