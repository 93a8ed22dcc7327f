import type { Event, RunnerRecord } from "@pifleet/invocation";

/** The event that a record makes, if it makes one. */
export function eventOf(record: RunnerRecord, attempt: number): Event | undefined {
  const at = new Date(record.at).toISOString();
  switch (record.type) {
    case "turn.started":
    case "message.delta":
    case "message.completed":
    case "tool.started":
    case "tool.output":
    case "tool.ended":
    case "log":
      return { ...record, at, attempt };
    case "retry.scheduled":
      return { ...record, at, attempt, scope: "request" };
    case "compaction":
      return { type: "log", at, attempt, level: "info", message: `The conversation was compacted: ${record.reason}` };
    default:
      return undefined;
  }
}
