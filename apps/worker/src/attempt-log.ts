import { FaultLog } from "@pifleet/environment/fault-log";
import type { Logger } from "@pifleet/environment/logging";
import type { AttemptInfo } from "@pifleet/execution";
import type { AttemptExport, NextTry, Outcome, OwedSpans, Settlement } from "@pifleet/invocation";

/** The fields that join a line to its invocation and to its trace; the last two by OpenTelemetry's names for them. */
function fieldsOf({ invocation, attempt, traceId, spanId }: AttemptInfo) {
  return { invocation, attempt, trace_id: traceId, span_id: spanId };
}

/** Duration, tokens and cost of an attempt, for its last line. */
function costOf({ startedAtMs, tenant, model }: AttemptInfo, { usage }: Outcome) {
  const { inputTokens, outputTokens, costUsd } = usage;
  return { durationMs: Math.max(0, Date.now() - startedAtMs), tenant, model, inputTokens, outputTokens, costUsd };
}

/** Tells in the log how attempts fare on this worker: one line when one starts, one when it ends. */
export class AttemptLog {
  readonly #log: Logger;
  readonly #faults: FaultLog;

  constructor(log: Logger) {
    this.#log = log;
    this.#faults = new FaultLog(log);
  }

  started(attempt: AttemptInfo): void {
    this.#log.info(fieldsOf(attempt), "attempt started");
  }

  ended(attempt: AttemptInfo, { kind, outcome }: Settlement): void {
    const fields = {
      ...fieldsOf(attempt),
      ...costOf(attempt, outcome),
      ended: kind === "handed_back" ? kind : (outcome.error?.code ?? "succeeded"),
    };
    const again = kind === "again" ? ", another attempt follows" : "";
    if (outcome.error) this.#log.info({ ...fields, reason: outcome.error.message }, `attempt ended${again}`);
    else this.#log.info(fields, "attempt ended");
  }

  /** Says what a collector has not got; what it has got is no news. */
  delivered({ id, attempt }: OwedSpans, result: AttemptExport, next: NextTry): void {
    for (const [audience, { status, reason, rejectedSpans }] of Object.entries(result)) {
      if (status === "ok") continue;
      const fields = { invocation: id, attempt, audience, status, reason, rejectedSpans };
      const again = next.kind === "never" ? {} : { nextTryMs: next.delayMs };
      this.#log.warn({ ...fields, ...again }, "spans were not exported");
    }
  }

  /** Something failed that the worker survives. */
  fault(error: unknown, attempt?: AttemptInfo): void {
    this.#faults.report(error, attempt && fieldsOf(attempt));
  }
}
