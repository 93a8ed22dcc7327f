/** What reads a body piece by piece, as the Fetch standard's reader does. */
export interface ModelBodyReader {
  readonly closed: Promise<void>;
  read(): Promise<IteratorResult<Uint8Array, undefined>>;
  cancel(): Promise<void>;
  releaseLock(): void;
}

/**
 * The body of an answer: the part of the web's ReadableStream that clients of models use. A stream of Node's that was
 * read cannot be part of a startup snapshot.
 */
export class ModelBody implements AsyncIterable<Uint8Array> {
  readonly #pieces: AsyncIterator<Uint8Array, undefined>;
  readonly #stop: () => void;
  readonly #closed = Promise.withResolvers<void>();
  #locked = false;

  /**
   * @param pieces read once, one piece at a time
   * @param stop called when nobody wants the rest; what is being waited for then must end
   */
  constructor(pieces: AsyncIterable<Uint8Array, undefined>, stop: () => void = () => undefined) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#stop = stop;
    // Who does not ask for it need not hear of a failure twice.
    this.#closed.promise.catch(() => undefined);
  }

  /** Whether somebody reads it, or has. */
  get locked(): boolean {
    return this.#locked;
  }

  /** @throws {TypeError} when somebody reads it already */
  getReader(): ModelBodyReader {
    if (this.#locked) throw new TypeError("The body is being read already");
    this.#locked = true;
    return {
      closed: this.#closed.promise,
      read: () => this.#next(),
      cancel: () => this.cancel(),
      releaseLock: () => {
        this.#locked = false;
      },
    };
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    const reader = this.getReader();
    return {
      next: () => reader.read(),
      return: async () => {
        await reader.cancel();
        return { done: true, value: undefined };
      },
    };
  }

  async cancel(): Promise<void> {
    this.#stop();
    await this.#pieces.return?.().catch(() => undefined);
    this.#closed.resolve();
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      const next = await this.#pieces.next();
      if (next.done) this.#closed.resolve();
      return next;
    } catch (error) {
      this.#closed.reject(error);
      throw error;
    }
  }
}
