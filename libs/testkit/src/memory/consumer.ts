import type { Claim, ConsumeOptions, Consumer, InvocationId } from "@pifleet/invocation";
import { MemoryClaim } from "./claim.ts";
import type { Entries } from "./entries.ts";

/** Hands out claims of a queue in memory. */
export class MemoryConsumer implements Consumer {
  readonly #entries: Entries;
  readonly #options: ConsumeOptions;
  readonly #handle: (claim: Claim) => Promise<void>;
  readonly #claims = new Map<InvocationId, MemoryClaim>();
  readonly #handlers = new Set<Promise<void>>();
  readonly #onStopped: () => void;
  readonly #isCrowded: () => boolean;
  #isStopping = false;

  constructor(
    entries: Entries,
    options: ConsumeOptions,
    handle: (claim: Claim) => Promise<void>,
    onStopped: () => void,
    isCrowded: () => boolean,
  ) {
    this.#entries = entries;
    this.#options = options;
    this.#handle = handle;
    this.#onStopped = onStopped;
    this.#isCrowded = isCrowded;
  }

  running(): InvocationId[] {
    return [...this.#claims.keys()];
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#handlers);
    this.#onStopped();
  }

  /** Stops at once: every claim counts as lost. */
  abandon(): void {
    this.#isStopping = true;
    for (const claim of this.#claims.values()) claim.lose();
  }

  /** Takes what waits, as far as there is room. Handlers are called soon, never during the call. */
  fetch(): void {
    queueMicrotask(() => {
      while (!this.#isStopping && this.#hasRoom() && this.#takeOne());
    });
  }

  #hasRoom(): boolean {
    const room = this.#options.concurrency - this.#claims.size;
    return room > 0 || (room + (this.#options.reserve ?? 0) > 0 && this.#isCrowded());
  }

  #takeOne(): boolean {
    const token = { worker: this.#options.worker };
    const kept = this.#entries.take(token, new Set(this.#claims.keys()));
    if (!kept) return false;
    const handler = this.#run(new MemoryClaim(this.#entries, kept, token, this.#options.leaseMs));
    this.#handlers.add(handler);
    handler.finally(() => this.#handlers.delete(handler));
    return true;
  }

  async #run(claim: MemoryClaim): Promise<void> {
    this.#claims.set(claim.id, claim);
    try {
      await this.#handle(claim);
    } catch (error) {
      this.#options.onFault?.(error as Error);
    } finally {
      this.#claims.delete(claim.id);
      this.fetch();
    }
  }
}
