import { TenantSlots } from "@pifleet/outbound";

/** Concurrent tries of one worker. */
const ALL = 128;
/** Concurrent tries for one tenant when no other has much to do. */
export const FOR_TENANT = ALL / 2;
/** Concurrent tries at one receiver. */
export const FOR_RECEIVER = 4;
/** Concurrent tries at one host for one tenant, however many receivers it has there. */
const FOR_HOST = 16;

/** Where a message goes, and whose it is. */
export interface Target {
  readonly tenant: string;
  readonly receiver: string;
  readonly host: string;
}

/** Why there is no slot: others have them all, or the tenant or the receiver has as many as it may. */
export type NoSlot = "all" | "tenant" | "receiver";

/**
 * How many tries may be under way at once. A tenant shares them with the others, and among its own, one receiver has
 * few: so receivers that are slow take none from another tenant's, and few from others of the same tenant.
 */
export class Slots {
  readonly #tenants = new TenantSlots(ALL);
  readonly #underWay = new Map<string, number>();

  /** Whether there is none for anybody. */
  get areFull(): boolean {
    return this.#tenants.areFull;
  }

  /** Why there is no slot for this target; `undefined` when there is one. */
  lacking(target: Target): NoSlot | undefined {
    if (this.areFull) return "all";
    const [receiver, host] = names(target).map((name) => this.#underWay.get(name) ?? 0);
    if (Number(receiver) >= FOR_RECEIVER || Number(host) >= FOR_HOST) return "receiver";
    return this.#tenants.hasOneFor(target.tenant) ? undefined : "tenant";
  }

  /** Takes a slot, which is given back by calling what is returned; a second call does nothing. */
  take(target: Target): () => void {
    const giveBack = this.#tenants.take(target.tenant);
    for (const name of names(target)) this.#add(name, 1);
    let isTaken = true;
    return () => {
      giveBack();
      if (isTaken) for (const name of names(target)) this.#add(name, -1);
      isTaken = false;
    };
  }

  #add(name: string, by: 1 | -1): void {
    const count = (this.#underWay.get(name) ?? 0) + by;
    if (count > 0) this.#underWay.set(name, count);
    else this.#underWay.delete(name);
  }
}

function names({ tenant, receiver, host }: Target): string[] {
  return [`receiver ${receiver}`, `host ${tenant} ${host}`];
}
