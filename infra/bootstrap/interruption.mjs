import { constants } from "node:os";

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/** `npm run` forwards the signal that a whole process group gets, so one signal can arrive twice. */
const SAME_SIGNAL_MS = 300;

const PARENT_POLL_MS = 250;

/** The user's wish to stop. It ends the set-up, or is passed on to the program once that runs. */
export class Interruption {
  #controller = new AbortController();
  /** @type {NodeJS.Signals | undefined} */
  #first;
  #lastAt = Number.NEGATIVE_INFINITY;
  /** @type {((signal: NodeJS.Signals) => void) | undefined} */
  #listener;

  #parent = process.ppid;
  #watch = setInterval(() => this.#checkParent(), PARENT_POLL_MS).unref();

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#receive);
  }

  /** Aborts with the first signal. */
  get signal() {
    return this.#controller.signal;
  }

  /** The exit code that shells expect of a program that a signal ended; `undefined` while there was none. */
  get exitCode() {
    return this.#first && 128 + constants.signals[this.#first];
  }

  /** @param {(signal: NodeJS.Signals) => void} listener gets every signal from now on, also a second one */
  passOn(listener) {
    this.#listener = listener;
  }

  /** Signals have their usual effect again. */
  end() {
    clearInterval(this.#watch);
    for (const name of SIGNALS) process.off(name, this.#receive);
  }

  /** An npm that was killed can pass nothing on; whoever started it expects that all is over. */
  #checkParent() {
    const byNpm = process.env.npm_lifecycle_event !== undefined;
    if (!byNpm || process.ppid === this.#parent) return;
    clearInterval(this.#watch);
    this.#receive("SIGHUP");
  }

  /** @param {NodeJS.Signals} name */
  #receive = (name) => {
    const now = performance.now();
    if (now - this.#lastAt < SAME_SIGNAL_MS) return;
    this.#lastAt = now;
    this.#first ??= name;
    this.#controller.abort();
    this.#listener?.(name);
  };
}
