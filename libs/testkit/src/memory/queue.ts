import type {
  Claim,
  ConsumeOptions,
  Consumer,
  InvocationId,
  InvocationQueue,
  QueueDepth,
  QueueEntry,
} from "@pifleet/invocation";
import { MemoryConsumer } from "./consumer.ts";
import { Entries } from "./entries.ts";

/** The queue, in memory. Leases and delays are real timers. */
export class MemoryQueue implements InvocationQueue {
  readonly #consumers = new Set<MemoryConsumer>();
  readonly #isCrowded: () => boolean;
  readonly #entries = new Entries(() => this.#offer());

  /** @param isCrowded whether more invocations have a place than the workers run at once */
  constructor(isCrowded: () => boolean) {
    this.#isCrowded = isCrowded;
  }

  async enqueue(...entries: QueueEntry[]): Promise<void> {
    for (const entry of entries) this.#entries.add(entry);
  }

  async remove(id: InvocationId): Promise<void> {
    const kept = this.#entries.find(id);
    if (kept && kept.state.kind !== "claimed") this.#entries.drop(kept);
  }

  consume(options: ConsumeOptions, handle: (claim: Claim) => Promise<void>): Consumer {
    const onStopped = () => this.#consumers.delete(consumer);
    const consumer = new MemoryConsumer(this.#entries, options, handle, onStopped, this.#isCrowded);
    this.#consumers.add(consumer);
    consumer.fetch();
    return consumer;
  }

  async missing(ids: readonly InvocationId[]): Promise<InvocationId[]> {
    return ids.filter((id) => !this.#entries.find(id));
  }

  async reclaim(worker: string): Promise<InvocationId[]> {
    const claimed = this.#entries.claimedBy(worker);
    for (const kept of claimed) this.#entries.recover(kept);
    return claimed.map(({ entry }) => entry.id);
  }

  async depth(): Promise<QueueDepth> {
    return this.#entries.depth();
  }

  async pause(): Promise<void> {
    this.#entries.isPaused = true;
  }

  async resume(): Promise<void> {
    this.#entries.isPaused = false;
    this.#offer();
  }

  async close(): Promise<void> {
    for (const consumer of this.#consumers) consumer.abandon();
    this.#consumers.clear();
    this.#entries.dropAll();
  }

  #offer(): void {
    for (const consumer of this.#consumers) consumer.fetch();
  }
}
