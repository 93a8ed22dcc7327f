import {
  type CounterName,
  type Counters,
  type HistogramName,
  increment,
  type LabelsOf,
  type Measures,
  observation,
  UnavailableError,
} from "@pifleet/invocation";
import { Loop } from "./loops/loop.ts";

const FLUSH_MS = 2_000;
/** How long the end of the worker waits for the last counts to be written, milliseconds. */
const LAST_FLUSH_MS = 2_000;

export interface TallyOptions {
  readonly counters: Counters;
  readonly onFault: (error: unknown) => void;
}

/**
 * Adds up what this worker measures and writes it to the counters of the fleet every two seconds, in one write. What
 * could not be written because the database is away is kept, which takes little: a number for each part of a
 * measurement. What was measured in the last two seconds before a worker is killed is not counted.
 */
export class Tally implements Measures {
  readonly #options: TallyOptions;
  readonly #loop: Loop;
  #counts = new Map<string, number>();
  #end: Promise<void> | undefined;

  constructor(options: TallyOptions) {
    this.#options = options;
    this.#loop = new Loop(FLUSH_MS, () => this.flush(), options.onFault);
  }

  start(): void {
    this.#loop.start();
  }

  observe<Name extends HistogramName>(name: Name, value: number, labels: LabelsOf<Name>): void {
    this.#add(observation(name, value, labels));
  }

  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#add(increment(name, labels, by));
  }

  /**
   * Writes what was added up since the last time. What the database refused is not kept, since it would refuse it
   * again. @throws {UnavailableError} when the database is away; nothing is lost then.
   */
  async flush(): Promise<void> {
    if (this.#counts.size === 0) return;
    const counts = Object.fromEntries(this.#counts);
    this.#counts = new Map();
    try {
      await this.#options.counters.add(counts);
    } catch (error) {
      if (error instanceof UnavailableError) this.#add(counts);
      throw error;
    }
  }

  /**
   * Writes what is left; resolves when that is done, and soon when the database is away. Safe to call twice, and
   * before `start`.
   */
  stop(): Promise<void> {
    this.#end ??= this.#writeLast();
    return this.#end;
  }

  async #writeLast(): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new UnavailableError("no time to write the last counts")),
      LAST_FLUSH_MS,
    );
    try {
      await Promise.race([this.#loop.stop().then(() => this.flush()), late.promise]);
    } catch (error) {
      this.#options.onFault(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #add(counts: Readonly<Record<string, number>>): void {
    for (const [field, count] of Object.entries(counts))
      this.#counts.set(field, (this.#counts.get(field) ?? 0) + count);
  }
}
