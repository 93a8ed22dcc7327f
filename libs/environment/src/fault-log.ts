import { UnavailableError } from "@pifleet/invocation";
import type { Logger } from "pino";

/** How often an outage that goes on is told of, milliseconds. */
const SAY_AGAIN_MS = 10_000;
const MAX_REMEMBERED = 100;

/**
 * Tells in a log of faults that the process survives. While something that it needs cannot be reached, many calls fail in
 * the same way, so that is told in one line without a stack, and again every ten seconds at most.
 */
export class FaultLog {
  readonly #log: Logger;
  readonly #saidAt = new Map<string, number>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param fields what else the line of a fault says; left out for an outage, which concerns everything */
  report(error: unknown, fields: object = {}): void {
    if (error instanceof UnavailableError) this.#outage(error);
    else this.#log.error({ ...fields, err: error }, "something failed, and this process goes on");
  }

  #outage({ message, cause }: UnavailableError): void {
    const reason = cause instanceof Error ? cause.message : undefined;
    const words = `${message}: ${reason}`;
    const now = performance.now();
    if (now - (this.#saidAt.get(words) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return;
    if (this.#saidAt.size >= MAX_REMEMBERED) this.#saidAt.clear();
    this.#saidAt.set(words, now);
    this.#log.warn({ reason }, message);
  }
}
