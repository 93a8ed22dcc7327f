import type { Span } from "@pifleet/invocation";
import type { ExportResult } from "./export-result.ts";

/** Adds up what came of the messages of one export. */
export class ExportTally {
  #sent = 0;
  #rejected = 0;
  #isAnyAccepted = false;
  #mayPass = true;
  #unsent: readonly Span[] = [];
  #retryAfterMs: number | undefined;
  readonly #reasons = new Set<string>();

  /** A message was taken, but for `rejected` of its spans. */
  accept(spans: number, rejected: number, reason: string): void {
    this.#isAnyAccepted = true;
    this.#sent += spans - rejected;
    if (rejected > 0) this.#reject(rejected, reason);
  }

  /** A message was refused; for good unless the reason `mayPass`. */
  refuse(spans: number, reason: string, mayPass: boolean): void {
    this.#mayPass &&= mayPass;
    this.#reject(spans, reason);
  }

  /** There is no time for the rest. */
  leave(spans: readonly Span[], reason: string, retryAfterMs?: number): void {
    this.#unsent = spans;
    this.#retryAfterMs = retryAfterMs;
    this.#reasons.add(reason);
  }

  result(): ExportResult {
    const [sent, rejected, spans] = [this.#sent, this.#rejected, this.#unsent];
    const reason = [...this.#reasons].join("; ");
    const pause = this.#retryAfterMs !== undefined && { retryAfterMs: this.#retryAfterMs };
    if (spans.length > 0) return { kind: "unsent", sent, rejected, spans, reason, ...pause };
    if (rejected === 0) return { kind: "ok", sent };
    if (this.#isAnyAccepted) return { kind: "partial", sent, rejected, reason };
    return { kind: "refused", rejected, reason, mayPass: this.#mayPass };
  }

  #reject(spans: number, reason: string): void {
    this.#rejected += spans;
    this.#reasons.add(reason);
  }
}
