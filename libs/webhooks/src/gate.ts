import type { StoredDelivery } from "@pifleet/invocation";
import { scheduledAtMs } from "./after-try.ts";
import { Circuits } from "./circuits.ts";
import { Pace } from "./pace.ts";
import type { Tried } from "./post-message.ts";
import type { WebhookSchedule } from "./schedule.ts";
import { FOR_RECEIVER, FOR_TENANT, Slots, type Target } from "./slots.ts";

/** Whether a delivery that is due has a try now. */
export type Verdict =
  | { readonly kind: "go"; readonly slot: Slot }
  /** Not now: it is to be put off. */
  | { readonly kind: "wait"; readonly delayMs: number };

/** The right to make one try. */
export interface Slot {
  /** Says what the try told of the receiver. */
  note(tried: Tried): void;
  /** Gives it back; to be called once the try is over, also when there is nothing to note. */
  free(): void;
}

/** When all slots are in use, the one that frees the next is soon there. */
const NO_SLOT_MS = 250;
/** A delivery that was put off for so long has its try though the receiver does not answer: else it would never end. */
const MAX_OVERDUE_MS = 3_600_000;
const OVERLOADED = new Set([429, 503]);

/** Decides which of the deliveries that are due have a try now, so that no tenant and no receiver waits for another one. */
export class Gate {
  readonly #slots = new Slots();
  readonly #pace = { receiver: new Pace(FOR_RECEIVER), tenant: new Pace(FOR_TENANT) };
  readonly #circuits: Circuits;
  readonly #schedule: WebhookSchedule;

  constructor(schedule: WebhookSchedule) {
    this.#schedule = schedule;
    this.#circuits = new Circuits(Math.max(...schedule));
  }

  /** Whether there is a slot for nobody. */
  get isFull(): boolean {
    return this.#slots.areFull;
  }

  /** @param nowMs Unix time, milliseconds */
  ask(delivery: StoredDelivery, nowMs: number = Date.now()): Verdict {
    const overdueMs = nowMs - scheduledAtMs(delivery, this.#schedule);
    // Every delivery is due when it is made; the schedule may want its first try later.
    if (delivery.tryCount === 0 && overdueMs < 0) return { kind: "wait", delayMs: -overdueMs };
    const target = targetOf(delivery);
    const lacking = this.#slots.lacking(target);
    if (lacking === "all") return { kind: "wait", delayMs: NO_SLOT_MS };
    if (lacking) return { kind: "wait", delayMs: this.#pace[lacking].waitMs(target[lacking]) };
    const awayMs = overdueMs > MAX_OVERDUE_MS ? 0 : this.#circuits.waitMs(target.receiver);
    if (awayMs > 0) return { kind: "wait", delayMs: awayMs };
    return { kind: "go", slot: this.#slotAt(target) };
  }

  #slotAt(target: Target): Slot {
    const { receiver, tenant } = target;
    return {
      free: this.#slots.take(target),
      note: ({ made: { status, durationMs }, retryAfterMs: askedMs }) => {
        this.#pace.receiver.note(receiver, durationMs);
        this.#pace.tenant.note(tenant, durationMs);
        const answered = status !== null;
        const isOverloaded = answered && OVERLOADED.has(status) && askedMs !== undefined;
        this.#circuits.note(receiver, { answered, ...(isOverloaded && { askedMs }) });
      },
    };
  }
}

/** Where a delivery goes. What a tenant's invocations name themselves is one receiver when host and path are. */
function targetOf({ tenant, webhook, url }: StoredDelivery): Target {
  const { origin = "", pathname = "" } = URL.parse(url) ?? {};
  return { tenant, receiver: webhook ?? `${tenant} ${origin}${pathname}`, host: origin };
}
