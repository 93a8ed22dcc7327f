import { TenantSlots } from "@pifleet/outbound";
import type { Deadline } from "./deadline.ts";
import type { SenderPool } from "./exporter.ts";
import { Outages } from "./outages.ts";

/** Concurrent exports of one worker to collectors that clients name. */
const EXPORTS = 64;

/**
 * What senders share that bring spans to collectors that clients name. Tenants share the exports that are under way, and
 * what one learns of a collector is its own: a tenant whose credential is refused speaks for no other one's.
 */
export class TenantPools {
  readonly #slots: TenantSlots;
  readonly #outages: Outages;

  /**
   * @param exports how many exports may be under way at once
   * @param nowMs a time that only ever grows, milliseconds
   */
  constructor(exports: number = EXPORTS, nowMs?: () => number) {
    this.#slots = new TenantSlots(exports);
    this.#outages = new Outages(nowMs);
  }

  /** An export that finds no slot does not wait: it has its turn when the spool brings it again. */
  of(tenant: string): SenderPool {
    return {
      slots: { run: (deadline, work) => this.#run(tenant, deadline, work) },
      outages: {
        reason: (collector, isAgain) => this.#outages.reason(`${tenant} ${collector}`, isAgain),
        begin: (collector, isAgain) => this.#outages.begin(`${tenant} ${collector}`, isAgain),
        note: (collector, ...result) => this.#outages.note(`${tenant} ${collector}`, ...result),
      },
    };
  }

  async #run<T>(tenant: string, deadline: Deadline, work: () => Promise<T>): Promise<T | undefined> {
    if (deadline.isOver || !this.#slots.hasOneFor(tenant)) return undefined;
    const giveBack = this.#slots.take(tenant);
    try {
      return await work();
    } finally {
      giveBack();
    }
  }
}
