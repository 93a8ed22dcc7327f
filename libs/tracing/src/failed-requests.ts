/** The model requests of an attempt that failed for a reason whose code was not told, by the words of the provider. */
export class FailedRequests {
  readonly #byWords = new Map<string, string[]>();
  #last: string | undefined;

  /** A request has failed with these words. */
  add(spanId: string, words: string): void {
    this.#byWords.set(words, [...(this.#byWords.get(words) ?? []), spanId]);
    this.#last = words;
  }

  /** A request went well, or its code was told: what the attempt ends for is not to be read from those before. */
  forgetLast(): void {
    this.#last = undefined;
  }

  /** The last request, if it failed, and those before it that failed in the same words. */
  likeLast(): readonly string[] {
    return (this.#last !== undefined && this.#byWords.get(this.#last)) || [];
  }
}
