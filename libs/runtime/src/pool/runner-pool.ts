import type { RunnerStart } from "@pifleet/invocation";
import { type MemoryReading, runnersWithRoom } from "./memory-room.ts";
import { Outage } from "./outage.ts";
import { QuietMoment } from "./quiet-moment.ts";

/** How often the pool looks at the memory, milliseconds. */
const LOOK_MS = 2_000;
/** A runner that has waited for so long was no failure, milliseconds. */
const PROVEN_MS = 60_000;

/** A runner as the pool sees it. */
export interface PooledRunner {
  /** Whether it could take a task. */
  readonly lives: boolean;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  dispose(): Promise<void>;
}

export interface RunnerPoolOptions<R extends PooledRunner> {
  /** How many runners wait when all is well; with 0 none is started ahead. */
  readonly size: number;
  /** How many may start at once: a start keeps a core busy, and a storm of them would slow down those that run. */
  readonly starts: number;
  /** Starts a runner, ahead or for somebody who asks; leaves nothing behind when it is given up or fails. */
  readonly start: (abandoned: AbortSignal, ahead: boolean) => Promise<R>;
  /** How the memory stands; `undefined` where that cannot be told. */
  readonly readMemory: () => MemoryReading | undefined;
  readonly onFault: (error: Error) => void;
}

interface Waiting<R> {
  readonly runner: R;
  readonly since: number;
}

/**
 * Hands out runners, each once: one that waits, or else the next that gets ready, in the order of asking. Those that
 * were taken are replaced in a quiet moment, half of the starts at once at the most, and never before somebody who
 * asks is served. Where memory is short, fewer wait.
 */
export class RunnerPool<R extends PooledRunner> {
  readonly #options: RunnerPoolOptions<R>;
  readonly #outage = new Outage();
  readonly #quiet = new QuietMoment();
  /** Those that are ready and nobody's, oldest first. */
  readonly #waiting: Waiting<R>[] = [];
  readonly #asking: PromiseWithResolvers<R>[] = [];
  readonly #starting = new Map<AbortController, Promise<void>>();
  /** How many are to wait now. */
  #target = 0;
  #drained = false;
  #looks: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RunnerPoolOptions<R>) {
    this.#options = options;
  }

  /** How many runners wait. */
  get warm(): number {
    return this.#waiting.length;
  }

  /** Begins to start runners ahead. */
  begin(): void {
    if (this.#options.size === 0 || this.#drained || this.#looks) return;
    this.#looks = setInterval(() => this.#fitMemory(), LOOK_MS).unref();
    this.#fitMemory();
  }

  /**
   * Takes a runner, who is the caller's from then on.
   * @throws what the start failed with, or the signal's reason as soon as it is aborted and nothing is left
   */
  async take(signal: AbortSignal): Promise<{ runner: R; start: RunnerStart }> {
    signal.throwIfAborted();
    const runner = this.#takeWaiting();
    if (runner) return { runner, start: "warm" };
    return { runner: await this.#ask(signal), start: "cold" };
  }

  /** Ends those that wait, and starts none ahead any more. Who asks is still served. Safe to call twice. */
  async drain(): Promise<void> {
    this.#drained = true;
    this.#target = 0;
    clearInterval(this.#looks);
    clearTimeout(this.#timer);
    await Promise.all([this.#cutBack(), ...this.#waiting.splice(0).map(({ runner }) => this.#end(runner))]);
  }

  #takeWaiting(): R | undefined {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      if (next.runner.lives) return this.#handOut(next.runner);
      this.#lost(next);
    }
    return undefined;
  }

  #handOut(runner: R): R {
    this.#outage.end();
    this.#quiet.disturb();
    this.#fill();
    return runner;
  }

  async #ask(signal: AbortSignal): Promise<R> {
    const asking = Promise.withResolvers<R>();
    const giveUp = () => void this.#giveUp(asking, signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    this.#asking.push(asking);
    this.#fill();
    try {
      return await asking.promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  async #giveUp(asking: PromiseWithResolvers<R>, reason: unknown): Promise<void> {
    const place = this.#asking.indexOf(asking);
    if (place === -1) return;
    this.#asking.splice(place, 1);
    await this.#cutBack();
    asking.reject(reason);
  }

  /** Gives up the starts that nobody needs, the youngest ones; resolves when nothing of them is left. */
  async #cutBack(): Promise<void> {
    const surplus = this.#wantedStarts.slice(this.#asking.length + this.#missing);
    for (const abandoned of surplus) abandoned.abort();
    await Promise.all(surplus.map((abandoned) => this.#starting.get(abandoned)));
  }

  get #wantedStarts(): AbortController[] {
    return [...this.#starting.keys()].filter(({ signal }) => !signal.aborted);
  }

  get #missing(): number {
    return Math.max(0, this.#target - this.#waiting.length);
  }

  /** Starts as many as are asked for and are due. */
  #fill(): void {
    clearTimeout(this.#timer);
    const dueMs = Math.max(this.#outage.until, this.#quiet.at) - performance.now();
    if (this.#missing > 0 && dueMs > 0) this.#timer = setTimeout(() => this.#fill(), dueMs).unref();
    const { starts } = this.#options;
    const refills = dueMs > 0 ? 0 : Math.min(this.#missing, Math.ceil(starts / 2));
    const wanted = this.#asking.length + refills;
    for (let begun = this.#wantedStarts.length; begun < wanted && this.#starting.size < starts; begun += 1) {
      const ahead = begun >= this.#asking.length;
      if (ahead) this.#quiet.reset();
      this.#begin(ahead);
    }
  }

  #begin(ahead: boolean): void {
    const abandoned = new AbortController();
    const start = this.#start(abandoned.signal, ahead).then(() => {
      this.#starting.delete(abandoned);
      this.#fill();
    });
    this.#starting.set(abandoned, start);
  }

  async #start(abandoned: AbortSignal, ahead: boolean): Promise<void> {
    try {
      await this.#add(await this.#options.start(abandoned, ahead));
    } catch (error) {
      if (!abandoned.aborted) this.#failed(error);
    }
  }

  /** A runner is ready: whoever asked first gets it. */
  async #add(runner: R): Promise<void> {
    const asking = this.#asking.shift();
    if (asking) asking.resolve(this.#handOut(runner));
    else if (this.#missing > 0) this.#keep({ runner, since: performance.now() });
    else await this.#end(runner);
  }

  #keep(waiting: Waiting<R>): void {
    this.#waiting.push(waiting);
    void waiting.runner.exited.then(() => {
      const place = this.#waiting.indexOf(waiting);
      if (place === -1) return;
      this.#waiting.splice(place, 1);
      this.#lost(waiting);
      this.#fill();
    });
  }

  /** A runner has died while it waited. */
  #lost({ runner, since }: Waiting<R>): void {
    if (performance.now() - since > PROVEN_MS) this.#outage.end();
    this.#outage.failed();
    void this.#end(runner);
    void runner.exited.then(({ code, signal }) => {
      const how = signal ?? `code ${code}`;
      this.#outage.tell(() => this.#options.onFault(new Error(`A runner that waited has ended with ${how}`)));
    });
  }

  #failed(error: unknown): void {
    this.#outage.failed();
    const asking = this.#asking.shift();
    if (asking) asking.reject(error);
    else this.#outage.tell(() => this.#options.onFault(new Error("No runner can be started ahead", { cause: error })));
  }

  async #end(runner: R): Promise<void> {
    try {
      await runner.dispose();
    } catch (error) {
      this.#options.onFault(new Error("A runner that waited could not be ended", { cause: error }));
    }
  }

  #fitMemory(): void {
    const { size, readMemory } = this.#options;
    const memory = readMemory();
    this.#target = memory ? Math.min(size, runnersWithRoom(this.#waiting.length, memory)) : size;
    for (const { runner } of this.#waiting.splice(this.#target)) void this.#end(runner);
    this.#fill();
  }
}
