import {
  type AdmissionLimits,
  type CancelRequest,
  type CancelResult,
  type CheckIn,
  type Created,
  type Fenced,
  FULL_PAGE_BYTES,
  type Invocation,
  type InvocationId,
  type InvocationPage,
  type InvocationQuery,
  type InvocationStore,
  type InvocationSummary,
  legalTransitions,
  type NewInvocation,
  NOBODYS_CANCEL,
  type PauseResult,
  type Settlement,
  type Span,
  type Started,
  type Status,
  toSummary,
  UnavailableError,
} from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { checkIn } from "../attempts/check-in.ts";
import { settle } from "../attempts/settle.ts";
import { start } from "../attempts/start.ts";
import { vouch } from "../attempts/vouch.ts";
import type { Compaction } from "../compaction/compaction.ts";
import type { RedisClock } from "../connection/redis-clock.ts";
import type { Replication } from "../connection/replication.ts";
import { reached } from "../connection/unavailable.ts";
import type { MemoryUse } from "../health/memory-use.ts";
import { isOutOfMemory } from "../health/write-probe.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { cancel } from "../status/cancel.ts";
import { pauseOrResume } from "../status/pause-or-resume.ts";
import { create } from "./create.ts";
import { expire } from "./expire.ts";
import { listInvocations } from "./invocation-list.ts";
import { newestAttempts } from "./newest-attempts.ts";
import { openInvocations } from "./open-invocations.ts";
import { readSummaries } from "./read-summaries.ts";
import { decodeRecord } from "./record.ts";
import { unqueuedInvocations } from "./unqueued.ts";

/**
 * A submission or a start that reaches Redis later than this after it was sent is refused there. It is shorter than
 * the time after which a caller gives up (`connections.ts`), so what a caller was told has failed does not happen
 * afterwards.
 */
const CALL_WINDOW_MS = 1_500;
const EXPIRE_BATCH = 500;

interface StoreOptions {
  /** For what may be long, by itself and by scripts. */
  readonly bulk: Redis;
  readonly bulkScripts: Scripts;
  readonly clock: RedisClock;
  readonly memory: MemoryUse;
  readonly limits: AdmissionLimits;
  readonly compaction: Compaction;
  /** Is waited for before anybody is told that an invocation was taken, or has ended. */
  readonly replication: Replication | undefined;
}

type StartOptions = NonNullable<Parameters<InvocationStore["start"]>[2]>;

/** The records in Redis: one hash per invocation, changed only by scripts. */
export class RedisStore implements InvocationStore {
  readonly #redis: Redis;
  readonly #scripts: Scripts;
  readonly #bulk: Redis;
  readonly #bulkScripts: Scripts;
  readonly #clock: RedisClock;
  readonly #memory: MemoryUse;
  readonly #limits: AdmissionLimits;
  readonly #compaction: Compaction;
  readonly #replication: Replication | undefined;

  constructor(redis: Redis, scripts: Scripts, options: StoreOptions) {
    const { bulk, bulkScripts, clock, memory, limits, compaction, replication } = options;
    this.#redis = redis;
    this.#scripts = scripts;
    this.#bulk = bulk;
    this.#bulkScripts = bulkScripts;
    this.#clock = clock;
    this.#memory = memory;
    this.#limits = limits;
    this.#compaction = compaction;
    this.#replication = replication;
  }

  async create(invocation: Invocation, more: NewInvocation = {}): Promise<Created> {
    const [nowMs, isNearlyFull] = await Promise.all([this.#clock.now(), this.#memory.isNearlyFull()]);
    const bounds = { deadlineMs: nowMs + CALL_WINDOW_MS, limits: this.#limits, isNearlyFull };
    const sentAt = performance.now();
    const reply = await unlessFull(create(this.#scripts, invocation, more, bounds));
    if (!reply) return { kind: "storage_full", maxBytes: null };
    const { kind, redisMs, id, admitted } = reply;
    this.#clock.learn(sentAt, redisMs);
    if (kind === "late") throw tooLate("submission");
    if (kind === "created") {
      await this.#replication?.wait();
      return { kind, invocation, admitted };
    }
    if (kind === "key_conflict") return { kind };
    if (kind === "tenant_full") return { kind: "queue_full", of: "tenant", max: this.#limits.tenantQueued ?? 0 };
    if (kind === "fleet_full") return { kind: "queue_full", of: "fleet", max: this.#limits.queued ?? 0 };
    if (kind === "tenant_storage_full") return { kind: "storage_full", maxBytes: this.#limits.tenantBytes };
    if (kind === "storage_full") return { kind, maxBytes: null };
    const earlier = await this.get(invocation.tenant, id);
    // It expired between the two calls, and its key with it: this is a new submission now.
    return earlier ? { kind, invocation: earlier } : this.create(invocation, more);
  }

  async get(tenant: string, id: InvocationId): Promise<Invocation | null> {
    const invocation = await this.read(id);
    return invocation?.tenant === tenant ? invocation : null;
  }

  async read(id: InvocationId): Promise<Invocation | null> {
    return decodeRecord(id, await reached(this.#bulk.hgetallBuffer(this.#scripts.keys.record(id))));
  }

  async status(tenant: string, id: InvocationId): Promise<Status | null> {
    const [owner, status] = await reached(this.#redis.hmget(this.#scripts.keys.record(id), "tenant", "status"));
    return owner === tenant ? (status as Status | null) : null;
  }

  async summary(tenant: string, id: InvocationId): Promise<InvocationSummary | null> {
    const [found] = await readSummaries(this.#bulkScripts, [id], FULL_PAGE_BYTES);
    return found?.summary?.tenant === tenant ? toSummary(found.summary) : null;
  }

  list(query: InvocationQuery): Promise<InvocationPage> {
    return listInvocations(this.#bulk, this.#bulkScripts, query);
  }

  async start(id: InvocationId, worker: string, { apart = false, accounts = {} }: StartOptions = {}): Promise<Started> {
    const deadlineMs = (await this.#clock.now()) + CALL_WINDOW_MS;
    const sentAt = performance.now();
    const { kind, redisMs, fields } = await start(this.#scripts, id, worker, { deadlineMs, apart, accounts });
    this.#clock.learn(sentAt, redisMs);
    if (kind === "late") throw tooLate("start");
    if (kind === "terminal") this.#compaction.begin(id);
    if (kind === "held") return { kind, delayMs: Math.max(0, Number(fields.heldUntil?.toString()) - redisMs) };
    if (kind !== "started") return { kind };
    const invocation = await decodeRecord(id, fields);
    return invocation ? { kind, invocation, isProviderSuspect: fields.suspect !== undefined } : { kind: "missing" };
  }

  vouch(id: InvocationId, attempt: number): Promise<void> {
    return vouch(this.#scripts, id, attempt);
  }

  checkIn(id: InvocationId, attempt: number): Promise<CheckIn> {
    return checkIn(this.#scripts, id, attempt);
  }

  async settle(
    id: InvocationId,
    attempt: number,
    settlement: Settlement,
    spans: readonly Span[] = [],
  ): Promise<Fenced> {
    const settled = await settle(this.#scripts, id, attempt, settlement, spans);
    if (settled !== "accepted") return settled;
    this.#compaction.begin(id);
    await this.#replication?.wait();
    return settled;
  }

  async cancel(tenant: string, id: InvocationId, request: CancelRequest = NOBODYS_CANCEL): Promise<CancelResult> {
    const { kind, fields } = await cancel(this.#scripts, tenant, id, request);
    const invocation = await decodeRecord(id, fields);
    if (kind === "missing" || !invocation) return { kind: "missing" };
    if (kind === "cancelled") {
      this.#compaction.begin(id);
      await this.#replication?.wait();
    }
    if (kind !== "illegal") return { kind, invocation };
    const { status } = invocation;
    return { kind, status, legal: legalTransitions(status) };
  }

  pause(tenant: string, id: InvocationId): Promise<PauseResult> {
    return this.#ask("pause", tenant, id);
  }

  resume(tenant: string, id: InvocationId): Promise<PauseResult> {
    return this.#ask("resume", tenant, id);
  }

  newestAttempts(ids: readonly InvocationId[]): Promise<(number | null)[]> {
    return newestAttempts(this.#redis, this.#scripts.keys, ids);
  }

  open(after?: InvocationId): Promise<InvocationId[]> {
    return openInvocations(this.#redis, this.#scripts.keys, after);
  }

  async markEnqueued(...ids: InvocationId[]): Promise<void> {
    if (ids.length === 0) return;
    await reached(this.#redis.zrem(this.#scripts.keys.unqueued, ...ids));
  }

  async unqueued(olderThanMs: number): Promise<Invocation[]> {
    return unqueuedInvocations(this.#bulk, this.#scripts.keys, (await this.#clock.now()) - olderThanMs);
  }

  async expire(): Promise<number> {
    let total = 0;
    for (let dropped = EXPIRE_BATCH; dropped === EXPIRE_BATCH; total += dropped) {
      dropped = await expire(this.#scripts, EXPIRE_BATCH);
    }
    return total;
  }

  async #ask(what: "pause" | "resume", tenant: string, id: InvocationId): Promise<PauseResult> {
    const { kind, fields } = await pauseOrResume(this.#scripts, what, tenant, id);
    const invocation = await decodeRecord(id, fields);
    if (kind === "missing" || !invocation) return { kind: "missing" };
    if (kind === "done") return { kind, invocation };
    const { status } = invocation;
    return { kind, status, legal: legalTransitions(status) };
  }
}

/** `null` when Redis is full. */
async function unlessFull<Reply>(call: Promise<Reply>): Promise<Reply | null> {
  try {
    return await call;
  } catch (error) {
    if (isOutOfMemory(error)) return null;
    throw error;
  }
}

function tooLate(what: string): UnavailableError {
  return new UnavailableError(`the ${what} reached Redis too late and was not taken`);
}
