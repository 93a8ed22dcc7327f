import { setTimeout as delay } from "node:timers/promises";
import type { Claim, Consumer, InvocationId } from "@pifleet/invocation";
import { RedisClaim } from "./claim.ts";
import type { ClaimSource, Fetched } from "./claim-source.ts";
import { ReserveCalls, type WatchReserves } from "./reserve-calls.ts";

/** After a fetch that failed. */
const PAUSE_AFTER_FAULT_MS = 250;
/** How long an entry is put back whose handler has not returned yet. */
const STILL_RUNNING_DELAY_MS = 100;
/** So often a consumer that is full looks whether its reserve is needed though nobody has called for it. */
const LOOK_FOR_RESERVE_MS = 5_000;
/** How long a stop waits for the answer to a fetch that is under way. */
const LAST_FETCH_MS = 1_000;

/** Where the entries come from. */
type Source = Pick<ClaimSource, "next" | "close">;

interface Options {
  readonly concurrency: number;
  readonly reserve?: number;
  readonly leaseMs: number;
  /** Whether the fleet has given places to more than its consumers hold without their reserves. */
  readonly isCrowded: () => Promise<boolean>;
  readonly watchReserves: WatchReserves;
  /** Replaces the time between two looks of a full consumer that nobody has called, milliseconds. */
  readonly lookForReserveMs?: number;
  readonly onFault: (error: Error) => void;
  /** Called once, when the handlers of all the claims have returned after a stop. */
  readonly onStopped: () => void;
}

/**
 * Fetches entries one after the other while there is room, and hands each out as a claim.
 *
 * An id whose handler has not returned is never handed out again: after a freeze, Redis may have put the entry of a
 * run back that is still alive here. That run has lost its claim then, and the entry waits for another fetch.
 */
export class RedisConsumer implements Consumer {
  readonly #source: Source;
  readonly #options: Options;
  readonly #handle: (claim: Claim) => Promise<void>;
  readonly #claims = new Map<InvocationId, RedisClaim>();
  readonly #handlers = new Set<Promise<void>>();
  readonly #calls: ReserveCalls;
  readonly #stopping = new AbortController();
  readonly #fetching: Promise<void>;
  /** Resolved when a handler has returned, when reserves are called for, or to stop. */
  #changed = Promise.withResolvers<void>();
  #stopped: Promise<void> | undefined;

  constructor(source: Source, options: Options, handle: (claim: Claim) => Promise<void>) {
    this.#source = source;
    this.#options = options;
    this.#handle = handle;
    this.#calls = new ReserveCalls(options.watchReserves, () => this.#changed.resolve(), options.onFault);
    this.#fetching = this.#fetchAll();
  }

  running(): InvocationId[] {
    return [...this.#claims.keys()];
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Stops at once: every claim counts as lost, for the connection that could renew it goes away. */
  abandon(): void {
    this.stop().catch(this.#options.onFault);
    for (const claim of this.#claims.values()) claim.lose();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    this.#calls.close();
    this.#changed.resolve();
    await this.#source.close();
    const impatience = new AbortController();
    const waited = delay(LAST_FETCH_MS, undefined, { signal: impatience.signal }).catch(() => undefined);
    await Promise.race([this.#fetching, waited]);
    impatience.abort();
    await Promise.all(this.#handlers);
    this.#options.onStopped();
  }

  async #fetchAll(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#changed = Promise.withResolvers();
      if (this.#room() > 0) await this.#fetchOne(() => this.#source.next(true));
      else if (this.#room() + (this.#options.reserve ?? 0) > 0) await this.#fetchForReserve();
      else await this.#changed.promise;
    }
  }

  /** For how many more claims there is room without the reserve. */
  #room(): number {
    return this.#options.concurrency - this.#handlers.size;
  }

  /** Looks whether the reserve is needed; if not, waits for what may change that. */
  async #fetchForReserve(): Promise<void> {
    this.#calls.begin();
    if (await this.#fetchOne(() => this.#nextForReserve())) return;
    const impatience = new AbortController();
    const lookMs = this.#options.lookForReserveMs ?? LOOK_FOR_RESERVE_MS;
    const waited = delay(lookMs, undefined, { signal: impatience.signal }).catch(() => undefined);
    await Promise.race([this.#changed.promise, waited]);
    impatience.abort();
  }

  async #nextForReserve(): Promise<Fetched | null> {
    return (await this.#options.isCrowded()) ? this.#source.next(false) : null;
  }

  /** Whether there was one. */
  async #fetchOne(next: () => Promise<Fetched | null>): Promise<boolean> {
    try {
      const fetched = await next();
      if (fetched) await this.#take(fetched);
      return fetched !== null;
    } catch (error) {
      if (this.#stopping.signal.aborted) return false;
      this.#options.onFault(error as Error);
      await delay(PAUSE_AFTER_FAULT_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      return false;
    }
  }

  async #take(fetched: Fetched): Promise<void> {
    if (this.#stopping.signal.aborted) return fetched.putBack(0);
    const claimBefore = this.#claims.get(fetched.id);
    if (claimBefore) {
      claimBefore.lose();
      return fetched.putBack(STILL_RUNNING_DELAY_MS);
    }
    const handler = this.#run(new RedisClaim(fetched, this.#options.leaseMs, this.#options.onFault));
    this.#handlers.add(handler);
    handler.finally(() => {
      this.#handlers.delete(handler);
      this.#changed.resolve();
    });
  }

  async #run(claim: RedisClaim): Promise<void> {
    this.#claims.set(claim.id, claim);
    try {
      await this.#handle(claim);
    } catch (error) {
      // The claim is left to its lease, so that the invocation is recovered like that of a lost worker.
      this.#options.onFault(error as Error);
    } finally {
      claim.settle();
      this.#claims.delete(claim.id);
    }
  }
}
