import type {
  AfterTry,
  DeliveryLedger,
  DeliveryTry,
  InvocationStore,
  Measures,
  StoredDelivery,
  Webhooks,
} from "@pifleet/invocation";
import type { AddressGuard } from "@pifleet/outbound";
import { afterTry, isGone } from "./after-try.ts";
import { Gate, type Slot } from "./gate.ts";
import { emptyOutbox } from "./outbox.ts";
import { postMessage, type Tried } from "./post-message.ts";
import { receiverOf } from "./receiver.ts";
import type { WebhookSchedule } from "./schedule.ts";

export interface WebhookDeliveryPorts {
  readonly store: Pick<InvocationStore, "read">;
  readonly webhooks: Pick<Webhooks, "get" | "list" | "update">;
  readonly deliveries: Pick<DeliveryLedger, "takeEnded" | "write" | "take" | "record" | "postpone">;
  /** Decides which receivers may be connected to. */
  readonly guard: Pick<AddressGuard, "connectionTo">;
  readonly measures: Measures;
  /** Called when a try has been recorded. */
  readonly onTried?: (delivery: StoredDelivery, made: DeliveryTry, after: AfterTry) => void;
  /** Called when there is a slot again after there was none: what is due may have waited for it. */
  readonly onFree?: () => void;
  readonly onFault: (error: unknown) => void;
}

export interface WebhookDeliveryOptions {
  readonly schedule: WebhookSchedule;
  /** How long a try may take, milliseconds. Default: 15,000. */
  readonly deadlineMs?: number;
}

const TAKEN_AT_ONCE = 100;
/** Longer than a try takes with all that belongs to it; a delivery that is not recorded by then is tried again. */
const LEASE_MS = 30_000;
/** How long the tries that are under way have when the worker is told to stop, milliseconds. */
const END_MS = 5_000;

/**
 * Brings webhook messages to their receivers, at least once each: whatever dies between a try and its record, somebody
 * makes the try again, with the same `webhook-id`. It owes nothing to the invocation: the outcome stands.
 */
export class WebhookDelivery {
  readonly #ports: WebhookDeliveryPorts;
  readonly #options: WebhookDeliveryOptions;
  readonly #gate: Gate;
  readonly #underWay = new Set<Promise<void>>();
  #isWaitedFor = false;
  #isEnding = false;
  readonly #breakOff = new AbortController();

  constructor(ports: WebhookDeliveryPorts, options: WebhookDeliveryOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#gate = new Gate(options.schedule);
  }

  /**
   * Makes deliveries of some rows of the outbox, and begins the tries of some deliveries that are due; it does not wait
   * for their end. Those that have no try now are put off, so that others come behind them.
   * @returns how many rows and deliveries it has seen to; with 0, nothing is due, or no slot is free
   */
  async round(): Promise<number> {
    const rows = await emptyOutbox(this.#ports);
    this.#isWaitedFor = this.#gate.isFull;
    if (this.#isWaitedFor || this.#isEnding) return rows;
    const due = await this.#ports.deliveries.take(TAKEN_AT_ONCE, LEASE_MS);
    await Promise.all(due.map((delivery) => this.#admit(delivery)));
    return rows + due.length;
  }

  /**
   * No further tries. Those that are under way have 5 s; then they are broken off, and are for other workers to make
   * again at once. Safe to call twice.
   * @param afterMs how long they have instead, milliseconds
   */
  async end(afterMs: number = END_MS): Promise<void> {
    this.#isEnding = true;
    const timer = setTimeout(() => this.#breakOff.abort(), afterMs);
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    clearTimeout(timer);
  }

  async #admit(delivery: StoredDelivery): Promise<void> {
    const { deliveries, measures } = this.#ports;
    // Other processes take at once what this one cannot.
    if (this.#isEnding) return deliveries.postpone(delivery.id, 0);
    const verdict = this.#gate.ask(delivery);
    if (verdict.kind === "go") return this.#begin(delivery, verdict.slot);
    await deliveries.postpone(delivery.id, Math.ceil(verdict.delayMs));
    measures.count("webhook_deliveries_total", { result: "postponed" });
  }

  /** Never rejects: what goes wrong here is tried again when the lease is over. */
  #begin(delivery: StoredDelivery, slot: Slot): void {
    const work = this.#deliver(delivery, slot)
      .catch(this.#ports.onFault)
      .finally(() => {
        slot.free();
        this.#underWay.delete(work);
        if (!this.#isWaitedFor) return;
        this.#isWaitedFor = false;
        this.#ports.onFree?.();
      });
    this.#underWay.add(work);
  }

  async #deliver(delivery: StoredDelivery, slot: Slot): Promise<void> {
    const { guard, measures } = this.#ports;
    const receiver = await receiverOf(delivery, this.#ports);
    if (receiver.kind === "gone") return this.#record(delivery, unmade(receiver.reason), { kind: "dead" });
    const message = { ...delivery, url: receiver.url, secrets: receiver.secrets };
    const { signal } = this.#breakOff;
    const tried = await postMessage(message, guard, { ...this.#options, signal });
    if (!tried) return this.#ports.deliveries.postpone(delivery.id, 0);
    slot.note(tried);
    measures.observe("webhook_try_duration_seconds", tried.made.durationMs / 1_000, {});
    await this.#disableIfGone(delivery, tried);
    await this.#record(delivery, tried.made, afterTry(delivery, tried, this.#options.schedule));
  }

  /** Before the try is recorded, so that a death in between disables it all the same with the next try. */
  async #disableIfGone({ tenant, webhook }: StoredDelivery, tried: Tried): Promise<void> {
    if (webhook === null || !isGone(tried)) return;
    await this.#ports.webhooks.update(tenant, webhook, {
      enabled: false,
      disabledReason: "the receiver answered 410 Gone",
      updatedAt: tried.made.at,
    });
  }

  async #record(delivery: StoredDelivery, made: DeliveryTry, after: AfterTry): Promise<void> {
    const { deliveries, measures, onTried } = this.#ports;
    await deliveries.record(delivery.id, made, after);
    measures.count("webhook_deliveries_total", { result: after.kind === "again" ? "failed" : after.kind });
    onTried?.(delivery, made, after);
  }
}

/** The record of a try that was not made because there is nobody to get the message. */
function unmade(reason: string): DeliveryTry {
  return { at: new Date().toISOString(), durationMs: 0, status: null, error: reason, response: "" };
}
