import { open } from "node:fs/promises";

/** How long what was read is used before anybody looks whether the file has changed, milliseconds. */
const LOOK_EVERY_MS = 5_000;
/** As much of a file as is read. */
const MAX_BYTES = 1_048_576;

interface Seen<T> {
  readonly value: T;
  /** Tells one state of the file from another. */
  readonly state: string;
}

/** A file of the system that may change at any time, and that is read again when it has. One that is absent is empty. */
export class SystemFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #seen: Promise<Seen<T>> | undefined;
  #lookedAtMs = 0;

  /** @param parse its meaning; must not throw */
  constructor(path: string, parse: (text: string) => T) {
    this.#path = path;
    this.#parse = parse;
  }

  /** Returns the content of the file, at most its first MiB. Never rejects. */
  async read(): Promise<T> {
    const nowMs = performance.now();
    if (!this.#seen || nowMs - this.#lookedAtMs > LOOK_EVERY_MS) {
      this.#lookedAtMs = nowMs;
      this.#seen = this.#look(this.#seen);
    }
    return (await this.#seen).value;
  }

  async #look(earlier: Promise<Seen<T>> | undefined): Promise<Seen<T>> {
    const before = await earlier;
    try {
      await using file = await open(this.#path);
      const { mtimeMs, size } = await file.stat();
      const state = `${mtimeMs} ${size}`;
      if (before?.state === state) return before;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, MAX_BYTES)));
      return { value: this.#parse(buffer.toString("utf8", 0, bytesRead)), state };
    } catch {
      // No such file, or none that we may read: then it says nothing, as for every other program.
      return { value: this.#parse(""), state: "absent" };
    }
  }
}
