import type { Logger } from "@pifleet/environment/logging";
import type { AfterTry, DeliveryTry, StoredDelivery } from "@pifleet/invocation";
import { parseTraceparent } from "@pifleet/tracing/carrier";

/** Tells in the log what became of webhook messages: one line for each try. Of a URL it tells the host. */
export class DeliveryLog {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  tried(delivery: StoredDelivery, made: DeliveryTry, after: AfterTry): void {
    const fields = { ...fieldsOf(delivery), status: made.status, durationMs: Math.round(made.durationMs) };
    const failed = { ...fields, reason: made.error };
    if (after.kind === "again")
      this.#log.warn({ ...failed, nextTryMs: after.delayMs }, "webhook not delivered, another try follows");
    else if (after.kind === "dead") this.#log.warn(failed, "webhook not delivered, and given up");
    else this.#log.info(fields, "webhook delivered");
  }
}

/** The fields that join a line to its invocation, its webhook and its trace; the last by OpenTelemetry's name for it. */
function fieldsOf({ id, invocation, webhook, type, url, tryCount, traceparent }: StoredDelivery) {
  return {
    delivery: id,
    invocation,
    ...(webhook !== null && { webhook }),
    trace_id: parseTraceparent(traceparent ?? undefined)?.traceId,
    event: type,
    host: URL.parse(url)?.host,
    try: tryCount + 1,
  };
}
