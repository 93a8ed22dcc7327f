export * from "./api-key.ts";
export * from "./api-key-text.ts";
export * from "./artifact.ts";
export * from "./batch-limits.ts";
export { boundedOutcome, MAX_MESSAGES_BYTES, MAX_OUTPUT_BYTES } from "./bounded-outcome.ts";
export * from "./counted-attempts.ts";
export * from "./duration.ts";
export * from "./error-code.ts";
export * from "./event.ts";
export * from "./file-path.ts";
export * from "./fleet-queue.ts";
export * from "./id.ts";
export * from "./invocation.ts";
export * from "./invocation-record.ts";
export * from "./issue-api-key.ts";
export * from "./limits.ts";
export * from "./matches-query.ts";
export * from "./measurements/attempt-measures.ts";
export {
  increment,
  isMeasured,
  MAX_OPEN_FIELDS,
  observation,
  openCounts,
  overflowField,
} from "./measurements/fields.ts";
export * from "./measurements/measured.ts";
export * from "./measurements/measurements.ts";
export * from "./message.ts";
export * from "./model-catalog.ts";
export * from "./outcome.ts";
export * from "./ports/admission.ts";
export * from "./ports/api-keys.ts";
export * from "./ports/artifact-store.ts";
export * from "./ports/backend.ts";
export * from "./ports/counters.ts";
export * from "./ports/event-log.ts";
export * from "./ports/harness.ts";
export * from "./ports/measures.ts";
export * from "./ports/presence.ts";
export * from "./ports/provider-breakers.ts";
export * from "./ports/queue.ts";
export * from "./ports/runtime.ts";
export * from "./ports/span-log.ts";
export * from "./ports/store.ts";
export * from "./ports/trace-spool.ts";
export * from "./ports/webhooks.ts";
export * from "./presence.ts";
export * from "./problem.ts";
export { isKnownSecret, looksRandom } from "./redaction/plausibility.ts";
export { REDACTED, Redactor } from "./redaction/redactor.ts";
export { StreamRedactor } from "./redaction/stream-redactor.ts";
export * from "./request-headers.ts";
export * from "./runner-protocol.ts";
export * from "./runner-record.ts";
export * from "./shown-submission.ts";
export * from "./status.ts";
export * from "./stop-reason.ts";
export * from "./submission.ts";
export * from "./terminal.ts";
export * from "./trace.ts";
export * from "./trace-export.ts";
export * from "./trace-request.ts";
export * from "./usage.ts";
export * from "./waiting-for.ts";
export * from "./webhook.ts";
export { WholeCharacters, wellFormed } from "./well-formed.ts";
export { withoutTrailing } from "./without-trailing.ts";
