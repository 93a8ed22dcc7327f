import type { DeliveryLedger } from "@pifleet/invocation";
import type { WebhookDelivery } from "@pifleet/webhooks";
import { Loop } from "./loop.ts";

/** How long what others have left in the outbox waits at most until somebody looks, milliseconds. */
const LOOK_MS = 500;

export interface DelivererOptions {
  readonly delivery: Pick<WebhookDelivery, "round" | "end">;
  readonly deliveries: Pick<DeliveryLedger, "nextDueMs">;
  readonly onFault: (error: unknown) => void;
}

/**
 * Brings webhook messages on their way when they are due. It runs on every worker; the ledger gives each message to
 * one. While nothing is due it asks the ledger for no more than when something will be, twice a second.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #loop: Loop;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: DelivererOptions) {
    this.#options = options;
    this.#loop = new Loop(LOOK_MS, () => this.#work(), options.onFault);
  }

  start(): void {
    this.#loop.start();
  }

  /** Something may be due: an invocation has ended here, or a slot is free again. */
  wake(): void {
    this.#loop.wake();
  }

  /**
   * No further tries: they are left to other workers. Resolves when those that are under way are over, each by its
   * deadline. Safe to call twice, and before `start`.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#loop.stop(), this.#options.delivery.end()]);
  }

  /** Sees to all that is due, in turns; a turn that has found nothing to do leaves the rest to the next look. */
  async #work(): Promise<void> {
    clearTimeout(this.#timer);
    const { delivery, deliveries } = this.#options;
    while (!this.#stopped) {
      const dueMs = await deliveries.nextDueMs();
      if (dueMs === null || dueMs > 0) return this.#wakeIn(dueMs);
      if ((await delivery.round()) === 0) return;
    }
  }

  #wakeIn(ms: number | null): void {
    if (ms !== null && ms < LOOK_MS && !this.#stopped) this.#timer = setTimeout(() => this.wake(), ms);
  }
}
