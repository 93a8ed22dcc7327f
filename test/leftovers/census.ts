import { type Living, livingProcesses } from "./living.ts";

const LOOK_MS = 250;

/**
 * Keeps count of every process that this one has started, directly or not, for as long as it is taken. A process is
 * known by its pid together with its start time, as pids are used again. One whose parent has ended is known by its
 * session or process group. Linux only: elsewhere nothing is counted.
 */
export class Census {
  readonly #seen = new Map<string, Living>();
  readonly #groups = new Set<number>([process.pid]);
  readonly #before: Set<string>;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#before = new Set(livingProcesses().map(({ key }) => key));
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#look();
  }

  /** How many processes were counted. */
  get size(): number {
    return this.#seen.size;
  }

  /** Those that are alive, zombies excepted. */
  alive(): Living[] {
    this.#look();
    return livingProcesses().filter(({ key, command }) => this.#seen.has(key) && command !== "");
  }

  #look(): void {
    const living = livingProcesses().filter(({ key, pid }) => !this.#before.has(key) && pid !== process.pid);
    const pids = new Set([process.pid, ...living.filter(({ key }) => this.#seen.has(key)).map(({ pid }) => pid)]);
    for (let found = -1; found !== this.#seen.size; ) {
      found = this.#seen.size;
      for (const one of living) {
        if (this.#seen.has(one.key)) continue;
        if (!pids.has(one.parent) && !this.#groups.has(one.group) && !this.#groups.has(one.session)) continue;
        this.#seen.set(one.key, one);
        pids.add(one.pid);
        this.#groups.add(one.pid);
      }
    }
  }
}
