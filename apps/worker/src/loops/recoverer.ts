import type { InvocationId, InvocationQueue, WorkerRegistry } from "@pifleet/invocation";
import { Loop } from "./loop.ts";

/** How often the connections of other workers are looked at, milliseconds. */
const LOOK_MS = 100;
/** How often in a row a connection must be found gone: a live worker comes back on a new one before. */
const LOOKS = 3;
/** How often it is asked who is to be watched, in looks. */
const ASK_EVERY = 10;
/** How many others a worker watches, so that the cost of watching does not grow with the fleet. */
const WATCHED = 2;
/** Of those that have vanished, how many a worker looks at until it asks again. */
const VANISHED = 10;

export interface RecovererOptions {
  readonly worker: string;
  readonly registry: Pick<WorkerRegistry, "followers" | "vanished" | "disconnected" | "leave">;
  readonly queue: Pick<InvocationQueue, "reclaim">;
  /** Called when a worker was found dead, with the invocations that it had claimed. */
  readonly onRecovered: (worker: string, ids: InvocationId[]) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Puts the claims of a dead worker back into the queue, a few hundred milliseconds after its death.
 *
 * When a process dies, the kernel closes its sockets, and the database knows at once; no timing has to be guessed, so
 * a worker that is slow, frozen or starved is never taken for dead. A worker whose machine is cut off keeps its
 * sockets: its claims come back when their lease runs out. Each worker watches the two that follow it in the order of
 * the ids; when one is found dead it leaves the list, and those behind it are watched by somebody else.
 *
 * Nobody may be there to find a worker dead before its presence runs out: it was the only one, or all died together. So
 * workers that have vanished are looked at in the same way, a few at a time. One that vanished because it is cut off
 * from the database keeps its claims until their lease runs out.
 */
export class Recoverer {
  readonly #options: RecovererOptions;
  readonly #loop: Loop;
  readonly #found = new Map<string, number>();
  #watched: string[] = [];
  #looks = 0;

  constructor(options: RecovererOptions) {
    this.#options = options;
    this.#loop = new Loop(LOOK_MS, () => this.#look(), options.onFault);
  }

  start(): void {
    this.#loop.start();
  }

  /** Resolves when the look that is under way has ended. Safe to call twice, and before `start`. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #look(): Promise<void> {
    const { registry, worker } = this.#options;
    if (this.#looks % ASK_EVERY === 0) {
      const [followers, vanished] = await Promise.all([
        registry.followers(worker, WATCHED),
        registry.vanished(VANISHED),
      ]);
      this.#watched = [...followers, ...vanished.filter((id) => id !== worker)];
    }
    this.#looks += 1;
    const gone = this.#watched.length > 0 ? await registry.disconnected(this.#watched) : [];
    for (const id of this.#found.keys()) if (!gone.includes(id)) this.#found.delete(id);
    for (const id of gone) await this.#suspect(id);
  }

  async #suspect(id: string): Promise<void> {
    const looks = (this.#found.get(id) ?? 0) + 1;
    this.#found.set(id, looks);
    if (looks < LOOKS) return;
    const { queue, registry, onRecovered } = this.#options;
    const ids = await queue.reclaim(id);
    await registry.leave(id);
    this.#found.delete(id);
    // The next look asks again: there is one worker less.
    this.#looks = 0;
    onRecovered(id, ids);
  }
}
