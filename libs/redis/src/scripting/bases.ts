import { number, type Parameters, text } from "./parameters.ts";

interface Base {
  readonly keys: Readonly<Record<string, string>>;
  readonly args: Parameters;
}

/** The keys and arguments that many scripts begin with. `Scripts` fills them in. */
export const BASES = {
  /** Of every script on one invocation. */
  invocation: {
    keys: {
      record: "hash",
      events: "stream",
      spans: "list",
      unqueued: "sorted set of admitted ids whose entry is not known to be in the queue",
      expiring: "sorted set of ended invocations",
      open: "sorted set of the ids of all that have not ended",
      owed: "sorted set of attempts whose spans are owed to a collector",
      quarantined: "the same, of those that a collector refused for a reason that may pass",
      outbox: "sorted set of the ids of ended ones whose deliveries are not written",
      admitted: "sorted set of the places, see places.lua",
      scheduled: "sorted set of the ids of those that wait for their time",
    },
    args: {
      id: text("of the invocation"),
      now: text("RFC 3339; the caller's clock, so that the events of one attempt have one clock"),
      retention: number("milliseconds that an ended invocation is kept"),
      indexes: text("what the keys of the tenant's indexes begin with"),
      changes: text("channel that hears of every change"),
    },
  },
  /** Of every script on the ledger of deliveries. */
  ledger: {
    keys: {
      due: "sorted set of the ids of pending deliveries; score: when they are due, or their lease is over",
      expiring:
        "sorted set of `id|status|webhook|invocation|tenant` of ended ones; score: when their retention runs out",
    },
    args: {
      deliveries: text("what the key of a delivery begins with; its id follows"),
      indexes: text("what the keys of the tenants' indexes begin with"),
      retention: number("milliseconds that an ended delivery is kept"),
    },
  },
} as const satisfies Record<string, Base>;

export type BaseName = keyof typeof BASES;
