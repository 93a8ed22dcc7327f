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

/** An entry, and where it is: waiting, delayed, or claimed under a token. */
export interface Slot {
  readonly entry: QueueEntry;
  state: { kind: "waiting" } | { kind: "delayed"; timer: NodeJS.Timeout } | { kind: "claimed"; token: symbol };
  /** Entries of one priority are claimed in this order; a recovered one comes before all others. */
  order: number;
}

/** The queue, in memory. Leases and delays are real timers. */
export class MemoryQueue implements InvocationQueue {
  readonly #slots = new Map<InvocationId, Slot>();
  readonly #consumers = new Set<MemoryConsumer>();
  #paused = false;
  #added = 0;
  #recovered = 0;

  async enqueue(entry: QueueEntry): Promise<void> {
    if (this.#slots.has(entry.id)) return;
    const slot: Slot = { entry, state: { kind: "waiting" }, order: 0 };
    this.#slots.set(entry.id, slot);
    this.putBack(slot, entry.delayMs);
  }

  async remove(id: InvocationId): Promise<void> {
    const slot = this.#slots.get(id);
    if (!slot || slot.state.kind === "claimed") return;
    this.drop(slot);
  }

  consume(options: ConsumeOptions, handle: (claim: Claim) => Promise<void>): Consumer {
    const consumer = new MemoryConsumer(this, options, handle, () => this.#consumers.delete(consumer));
    this.#consumers.add(consumer);
    consumer.fetch();
    return consumer;
  }

  async depth(): Promise<QueueDepth> {
    const count = (kind: Slot["state"]["kind"]) =>
      [...this.#slots.values()].filter(({ state }) => state.kind === kind).length;
    return { waiting: count("waiting"), delayed: count("delayed"), claimed: count("claimed"), paused: this.#paused };
  }

  async pause(): Promise<void> {
    this.#paused = true;
  }

  async resume(): Promise<void> {
    this.#paused = false;
    this.#offer();
  }

  async close(): Promise<void> {
    for (const consumer of this.#consumers) consumer.abandon();
    for (const slot of this.#slots.values()) this.drop(slot);
  }

  /** The next entry for a consumer that still runs `busy`, claimed under `token`. */
  take(token: symbol, busy: ReadonlySet<InvocationId>): Slot | undefined {
    if (this.#paused) return undefined;
    const [next] = [...this.#slots.values()]
      .filter(({ state, entry }) => state.kind === "waiting" && !busy.has(entry.id))
      .sort((a, b) => isRecovered(b) - isRecovered(a) || b.entry.priority - a.entry.priority || a.order - b.order);
    if (next) next.state = { kind: "claimed", token };
    return next;
  }

  holds(slot: Slot, token: symbol): boolean {
    return slot.state.kind === "claimed" && slot.state.token === token;
  }

  drop(slot: Slot): void {
    if (slot.state.kind === "delayed") clearTimeout(slot.state.timer);
    this.#slots.delete(slot.entry.id);
  }

  putBack(slot: Slot, delayMs: number): void {
    const wait = () => {
      this.#added += 1;
      this.#wait(slot, this.#added);
    };
    if (delayMs <= 0) wait();
    else slot.state = { kind: "delayed", timer: setTimeout(wait, delayMs) };
  }

  /** Puts the entry of a lost claim at the head. */
  recover(slot: Slot): void {
    this.#recovered -= 1;
    this.#wait(slot, this.#recovered);
  }

  #wait(slot: Slot, order: number): void {
    slot.state = { kind: "waiting" };
    slot.order = order;
    this.#offer();
  }

  #offer(): void {
    for (const consumer of this.#consumers) consumer.fetch();
  }
}

function isRecovered({ order }: Slot): number {
  return order < 0 ? 1 : 0;
}
