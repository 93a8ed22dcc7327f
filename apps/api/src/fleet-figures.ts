import {
  type Backend,
  type HeldProvider,
  isMeasured,
  type Measured,
  type QueueDepth,
  readMeasured,
  type SpoolSize,
  UnavailableError,
} from "@pifleet/invocation";
import { readQueue } from "./fleet-queue.ts";

/** How long the figures are good for; so often the database is asked at most, however many scrape. */
const FRESH_MS = 1_000;

/** What the database tells of the whole fleet. */
export interface FleetFigures {
  readonly queue: QueueDepth;
  /** How many tenants wait for their turn. */
  readonly waitingTenants: number;
  /** For how long the one that has waited for its turn for longest has, milliseconds. */
  readonly oldestMs: number;
  /** How many invocations have a place: they run, or are about to be claimed. */
  readonly admitted: number;
  readonly workers: number;
  /** How many attempts all workers together can run at once. */
  readonly slots: number;
  /** The providers whose invocations are held. */
  readonly heldProviders: readonly HeldProvider[];
  /** What the workers have recovered, mended and swept, by what it was. */
  readonly repairs: Readonly<Record<string, number>>;
  /** What the workers have measured. */
  readonly measured: Measured;
  /** The attempts whose spans are owed to a collector. */
  readonly spool: SpoolSize;
  /** The webhook messages that are not delivered, and the ended invocations of which none were made yet. */
  readonly deliveries: { readonly pending: number; readonly outbox: number };
}

/** Asks the database for the figures of the fleet, in two round trips and at most once a second. */
export class FleetFiguresReader {
  readonly #backend: Backend;
  readonly #nowMs: () => number;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #answer: Promise<FleetFigures | null> = Promise.resolve(null);

  /** @param nowMs a time that only ever grows, milliseconds */
  constructor(backend: Backend, nowMs: () => number = () => performance.now()) {
    this.#backend = backend;
    this.#nowMs = nowMs;
  }

  /** The figures; `null` while the database is away. */
  read(): Promise<FleetFigures | null> {
    const nowMs = this.#nowMs();
    if (nowMs - this.#askedAtMs >= FRESH_MS) {
      this.#askedAtMs = nowMs;
      this.#answer = this.#ask();
    }
    return this.#answer;
  }

  async #ask(): Promise<FleetFigures | null> {
    try {
      const { workers: registry, counters, spool: owed, deliveries: ledger, breakers } = this.#backend;
      const [{ depth, standing }, workers, counts, spool, deliveries, heldProviders] = await Promise.all([
        readQueue(this.#backend),
        registry.list(),
        counters.read(),
        owed.size(),
        ledger.size(),
        breakers.held(),
      ]);
      const slots = workers.reduce((sum, { concurrency }) => sum + concurrency, 0);
      const repairs = Object.fromEntries(Object.entries(counts).filter(([name]) => !isMeasured(name)));
      return {
        queue: depth,
        waitingTenants: standing.waitingTenants,
        oldestMs: standing.oldestMs,
        admitted: standing.admitted,
        workers: workers.length,
        slots,
        heldProviders,
        repairs,
        measured: readMeasured(counts),
        spool,
        deliveries,
      };
    } catch (error) {
      if (error instanceof UnavailableError) return null;
      throw error;
    }
  }
}
