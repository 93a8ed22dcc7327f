/** Bytes kept of the beginning of a body: enough to tell what it is. */
const HEAD_BYTES = 4_096;
/** Bytes kept of its end: providers report an error in the last event. */
const TAIL_BYTES = 65_536;

/** The beginning and the end of an answer's body, as it came, in bounded memory. */
export class SeenBody {
  #bytes = 0;
  #head: Uint8Array[] = [];
  #tail: Uint8Array[] = [];
  #tailBytes = 0;

  add(chunk: Uint8Array): void {
    if (this.#bytes < HEAD_BYTES) this.#head.push(chunk.slice(0, HEAD_BYTES - this.#bytes));
    this.#bytes += chunk.length;
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    // A piece is dropped when those after it are enough.
    while (this.#tailBytes - (this.#tail[0]?.length ?? 0) >= TAIL_BYTES)
      this.#tailBytes -= this.#tail.shift()?.length ?? 0;
  }

  /** The first 4 KiB. */
  get head(): string {
    return Buffer.concat(this.#head).toString("utf8");
  }

  /** At most the last 64 KiB. */
  get tail(): string {
    return Buffer.concat(this.#tail).subarray(-TAIL_BYTES).toString("utf8");
  }

  /** Whether `tail` is all of it. */
  get isWhole(): boolean {
    return this.#bytes <= TAIL_BYTES;
  }
}
