import {
  type Claim,
  type ConsumeOptions,
  type Consumer,
  type InvocationId,
  type InvocationQueue,
  MAX_PRIORITY,
  QUEUE_NAME,
  type QueueDepth,
  type QueueEntry,
} from "@pifleet/invocation";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { isCrowded } from "../slots/is-crowded.ts";
import { ClaimSource } from "./claim-source.ts";
import { RedisConsumer } from "./consumer.ts";
import { queueKeys } from "./queue-keys.ts";
import { reclaim } from "./reclamation.ts";
import type { WatchReserves } from "./reserve-calls.ts";

const ENTRY_NAME = "invocation";
/** BullMQ logs every move to a stream that nobody reads here. */
const BULLMQ_LOG_LENGTH = 100;

/**
 * The queue on BullMQ, which decides when an entry is claimed: priority, delay, lease, recovery of lost claims.
 * An entry holds the id and the caller's trace context; what happens to the invocation is the store's, and BullMQ is
 * never asked about it. Attempts are counted by the store too: BullMQ hands an entry out as often as it is asked.
 */
export class RedisQueue implements InvocationQueue {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #scripts: Scripts;
  readonly #watchReserves: WatchReserves;
  readonly #onFault: (error: Error) => void;
  readonly #queue: Queue;
  readonly #consumers = new Set<RedisConsumer>();

  constructor(redis: Redis, scripts: Scripts, watchReserves: WatchReserves, onFault: (error: Error) => void) {
    const { keys } = scripts;
    this.#redis = redis;
    this.#keys = keys;
    this.#scripts = scripts;
    this.#watchReserves = watchReserves;
    this.#onFault = onFault;
    this.#queue = new Queue(QUEUE_NAME, {
      connection: redis,
      prefix: keys.queuePrefix,
      streams: { events: { maxLen: BULLMQ_LOG_LENGTH } },
      // With these two a queue can be made while Redis is away.
      skipVersionCheck: true,
      skipWaitingForReady: true,
    });
    // What BullMQ forwards here are the errors of the connection, which reports them itself.
    this.#queue.on("error", () => undefined);
  }

  async enqueue(...entries: QueueEntry[]): Promise<void> {
    const [first] = entries;
    if (!first) return;
    if (entries.length === 1) await reached(this.#queue.add(ENTRY_NAME, first.carrier, optionsOf(first)));
    else {
      const bulk = entries.map((entry) => ({ name: ENTRY_NAME, data: entry.carrier, opts: optionsOf(entry) }));
      await reached(this.#queue.addBulk(bulk));
    }
    if (entries.some(({ mayNeedReserve }) => mayNeedReserve)) await this.#callReserves();
  }

  async remove(id: InvocationId): Promise<void> {
    await reached(this.#queue.remove(id));
  }

  consume(options: ConsumeOptions, handle: (claim: Claim) => Promise<void>): Consumer {
    const onFault = options.onFault ?? this.#onFault;
    const source = new ClaimSource(this.#redis, this.#scripts, { ...options, onFault });
    const onStopped = () => this.#consumers.delete(consumer);
    const consumer = new RedisConsumer(
      source,
      {
        ...options,
        onFault,
        onStopped,
        isCrowded: () => isCrowded(this.#scripts),
        watchReserves: this.#watchReserves,
      },
      handle,
    );
    this.#consumers.add(consumer);
    return consumer;
  }

  async missing(ids: readonly InvocationId[]): Promise<InvocationId[]> {
    const { entryPrefix } = queueKeys(this.#queue);
    const existing = await reached(Promise.all(ids.map((id) => this.#redis.exists(entryPrefix + id))));
    return ids.filter((_, i) => existing[i] === 0);
  }

  reclaim(worker: string): Promise<InvocationId[]> {
    return reclaim(this.#queue, this.#scripts, worker);
  }

  async depth(): Promise<QueueDepth> {
    const [counts, paused] = await reached(
      Promise.all([this.#queue.getJobCounts("wait", "prioritized", "delayed", "active"), this.#queue.isPaused()]),
    );
    const { wait = 0, prioritized = 0, delayed = 0, active = 0 } = counts;
    return { waiting: wait + prioritized, delayed, claimed: active, paused };
  }

  async pause(): Promise<void> {
    await reached(this.#queue.pause());
  }

  async resume(): Promise<void> {
    await reached(this.#queue.resume());
    await this.#callReserves();
  }

  /** Gives up what is still claimed, without waiting for it: the leases decide. */
  async close(): Promise<void> {
    for (const consumer of this.#consumers) consumer.abandon();
    await this.#queue.close();
  }

  async #callReserves(): Promise<void> {
    await reached(this.#redis.publish(this.#keys.reserves, ""));
  }
}

function optionsOf({ id, priority, delayMs }: QueueEntry) {
  return {
    jobId: id,
    delay: delayMs,
    // BullMQ's lowest number is claimed first, and an entry without one before all others.
    priority: MAX_PRIORITY - priority + 1,
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: true,
  };
}
