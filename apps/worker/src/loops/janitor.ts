import {
  type Admission,
  type DeliveryLedger,
  type Invocation,
  type InvocationId,
  type InvocationQueue,
  type InvocationStore,
  isTerminal,
  type WorkerRegistry,
} from "@pifleet/invocation";
import { LedLoop } from "./led-loop.ts";

const ROUND_MS = 5_000;
/** An entry that is admitted but not in the queue is left to whoever admitted it for this long, milliseconds. */
const UNQUEUED_MS = 5_000;
/** Every so many rounds, all open records are compared with the queue. */
const COMPARE_EVERY = 6;
/** Every so many rounds, what the limits are counted by is compared with the records. */
const RECOUNT_EVERY = 12;
/** The same of what the tenants store: every hour, for all that is kept is looked at. */
const RECOUNT_STORAGE_EVERY = 720;

export interface JanitorOptions {
  readonly worker: string;
  readonly store: InvocationStore;
  readonly queue: InvocationQueue;
  readonly admission: Admission;
  readonly registry: WorkerRegistry;
  readonly deliveries: Pick<DeliveryLedger, "expire">;
  /** Called with what was put right, and how often. */
  readonly onMended: (what: "unqueued" | "missing" | "places" | "counts" | "storage", count: number) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Puts right what a crash, or a database that lost its last second, left half done: invocations that were admitted
 * but not put into the queue, invocations that wait nowhere, places of those that need none, and what the limits are
 * counted by. Also drops what its retention has run out for. It runs on every worker, and one of them does the work;
 * each act can be done twice without harm.
 */
export class Janitor {
  readonly #options: JanitorOptions;
  readonly #loop: LedLoop;
  #rounds = 0;
  /** Ids that were missing in the last comparison; an id that is missing twice in a row has no entry. */
  #suspects = new Set<InvocationId>();

  constructor(options: JanitorOptions) {
    this.#options = options;
    this.#loop = new LedLoop({ task: "janitor", pauseMs: ROUND_MS, ...options }, (stopping) => this.#clean(stopping));
  }

  start(): void {
    this.#loop.start();
  }

  /** Resolves when the round that is under way has ended. Safe to call twice, and before `start`. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #clean(stopping: AbortSignal): Promise<void> {
    const { store, deliveries } = this.#options;
    await this.#enqueueForgotten();
    await this.#freePlaces();
    if (this.#rounds % RECOUNT_EVERY === 0) await this.#recount();
    if (this.#rounds % RECOUNT_STORAGE_EVERY === 0) await this.#recountStorage();
    if (this.#rounds % COMPARE_EVERY < 2) await this.#compareWithQueue(stopping);
    this.#rounds += 1;
    await store.expire();
    await deliveries.expire();
  }

  async #enqueueForgotten(): Promise<void> {
    const forgotten = await this.#options.store.unqueued(UNQUEUED_MS);
    for (const invocation of forgotten) await this.#enqueue(invocation);
    if (forgotten.length > 0) this.#options.onMended("unqueued", forgotten.length);
  }

  async #freePlaces(): Promise<void> {
    const freed = await this.#options.admission.repair();
    if (freed > 0) this.#options.onMended("places", freed);
  }

  async #recount(): Promise<void> {
    const mended = await this.#options.admission.recount();
    if (mended > 0) this.#options.onMended("counts", mended);
  }

  async #recountStorage(): Promise<void> {
    const bytes = await this.#options.admission.recountStorage();
    if (bytes > 0) this.#options.onMended("storage", bytes);
  }

  async #compareWithQueue(stopping: AbortSignal): Promise<void> {
    const { store, queue, admission, onMended } = this.#options;
    const missing = new Set<InvocationId>();
    let mended = 0;
    for (let page = await store.open(); page.length > 0; page = await store.open(page.at(-1))) {
      // The next leader compares the rest.
      if (stopping.aborted) return;
      // In this order, for an invocation goes from its lobby to the queue and never straight back.
      for (const id of await queue.missing(await admission.absent(page))) {
        missing.add(id);
        if (this.#suspects.has(id) && (await this.#restore(id))) mended += 1;
      }
    }
    this.#suspects = missing;
    if (mended > 0) onMended("missing", mended);
  }

  /**
   * Whether it was put back where it belongs; it may have ended meanwhile. A queued one waits for its turn again, one
   * whose attempt still stands as running has its place and is to be claimed.
   */
  async #restore(id: InvocationId): Promise<boolean> {
    const invocation = await this.#options.store.read(id);
    if (!invocation || isTerminal(invocation.status)) return false;
    if (invocation.status === "queued") await this.#options.admission.enter(id, delayLeft(invocation));
    else await this.#enqueue(invocation);
    return true;
  }

  async #enqueue({ id, carrier, submission }: Invocation): Promise<void> {
    const { store, queue } = this.#options;
    await queue.enqueue({ id, carrier, priority: submission.priority, delayMs: 0, mayNeedReserve: true });
    await store.markEnqueued(id);
  }
}

/** The rest of the submission's delay, milliseconds. */
function delayLeft({ createdAt, submission }: Invocation): number {
  return Math.max(0, Date.parse(createdAt) + submission.delayMs - Date.now());
}
