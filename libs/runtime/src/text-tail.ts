import type { Readable } from "node:stream";

/** The last bytes of a stream that must be read, or its writer would stop, but is rarely looked at. */
export class TextTail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** @param limit bytes */
  constructor(stream: Readable, limit: number) {
    this.#limit = limit;
    stream.on("data", (chunk: Buffer) => this.#add(chunk));
  }

  #add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < 2 * this.#limit) return;
    this.#chunks = [Buffer.concat(this.#chunks).subarray(-this.#limit)];
    this.#bytes = this.#limit;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).subarray(-this.#limit).toString("utf8");
  }
}
