import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `npm` passes on the Ctrl-C that the terminal has given to the whole process group: one can arrive twice. */
const SAME_SIGNAL_MS = 300;

/** The user's wish to stop: once, and again for those who cannot wait. */
export class Interruption {
  readonly #asked = new AbortController();
  readonly #insisted = new AbortController();
  #first: (typeof SIGNALS)[number] | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** Takes the signals of this process from now on. */
  listen(): void {
    for (const name of SIGNALS) process.on(name, () => this.receive(name));
  }

  /** Aborts with the first signal. */
  get asked(): AbortSignal {
    return this.#asked.signal;
  }

  /** Aborts with the second signal. */
  get insisted(): AbortSignal {
    return this.#insisted.signal;
  }

  /** What shells expect of a program that was interrupted; `undefined` while there was no signal. */
  get exitCode(): number | undefined {
    return this.#first && 128 + constants.signals[this.#first];
  }

  /** Takes one signal; `nowMs` is a time in milliseconds that only ever grows. */
  receive(name: (typeof SIGNALS)[number], nowMs: number = performance.now()): void {
    if (nowMs - this.#lastAt < SAME_SIGNAL_MS) return;
    this.#lastAt = nowMs;
    if (this.#first) this.#insisted.abort();
    this.#first ??= name;
    this.#asked.abort();
  }
}
