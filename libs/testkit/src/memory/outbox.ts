import type { Ended, Invocation } from "@pifleet/invocation";
import type { MemoryWebhooks } from "./webhooks.ts";

/** The ended invocations whose deliveries are not written, in memory. */
export class MemoryOutbox {
  readonly #now: () => number;
  readonly #webhooks: MemoryWebhooks;
  /** When each row is due, Unix ms. */
  readonly #rows = new Map<Ended, number>();

  constructor(now: () => number, webhooks: MemoryWebhooks) {
    this.#now = now;
    this.#webhooks = webhooks;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Adds a row, when a webhook may want to know of this end. */
  notify({ id, tenant, submission }: Invocation): void {
    if (submission.webhook || this.#webhooks.hasAny(tenant)) this.#rows.set(id, this.#now());
  }

  take(limit: number, leaseMs: number): Ended[] {
    const now = this.#now();
    const due = [...this.#rows].filter(([, dueAt]) => dueAt <= now).sort(([, a], [, b]) => a - b);
    const taken = due.slice(0, limit).map(([id]) => id);
    for (const id of taken) this.#rows.set(id, now + leaseMs);
    return taken;
  }

  /** Whether there was such a row. */
  remove(ended: Ended): boolean {
    return this.#rows.delete(ended);
  }

  /** When each row is due, Unix ms. */
  dueTimes(): number[] {
    return [...this.#rows.values()];
  }
}
