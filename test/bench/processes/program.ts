import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A program of the benchmark in a process of its own, which ends with whoever started it. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #unheard: unknown[] = [];
  readonly #listeners: ((message: unknown) => void)[] = [];
  readonly #ended = Promise.withResolvers<never>();

  /** @param args what it reads with `programArguments` */
  constructor(url: string, args: unknown, env: Record<string, string> = {}) {
    this.#child = fork(new URL(url), [JSON.stringify(args)], { env: { ...process.env, ...env } });
    this.#ended.promise.catch(() => undefined);
    this.#child.on("message", (message) => this.#hear(message));
    this.#child.once("exit", (code, signal) => this.#ended.reject(new Error(`${url} has ended: ${signal ?? code}`)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The next message from it. @throws {Error} when it ends without one */
  async heard<T>(): Promise<T> {
    if (this.#unheard.length > 0) return this.#unheard.shift() as T;
    const next = new Promise<unknown>((resolve) => this.#listeners.push(resolve));
    return (await Promise.race([next, this.#ended.promise])) as T;
  }

  /** Calls this for each message from now on, in place of `heard`. */
  onMessage(listener: (message: unknown) => void): void {
    this.#child.removeAllListeners("message");
    this.#child.on("message", listener);
  }

  tell(message: object): void {
    this.#child.send(message);
  }

  /** Ends it at once. Safe to call twice. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  #hear(message: unknown): void {
    const listener = this.#listeners.shift();
    if (listener) listener(message);
    else this.#unheard.push(message);
  }
}
