import {
  type AdmissionLimits,
  breakerName,
  type CancelRequest,
  type CancelResult,
  type CheckIn,
  type Created,
  type Fenced,
  type Invocation,
  type InvocationId,
  type InvocationPage,
  type InvocationQuery,
  type InvocationStore,
  type InvocationSummary,
  invocationError,
  isTerminal,
  legalTransitions,
  matches,
  type NewInvocation,
  NOBODYS_CANCEL,
  nextStatus,
  type PauseResult,
  type ProviderAccounts,
  type Settlement,
  type Span,
  type Started,
  type Status,
  toSummary,
} from "@pifleet/invocation";
import type { MemoryAdmission } from "./admission.ts";
import { isCurrent } from "./fence.ts";
import type { KeptInvocation, KeptInvocations } from "./kept-invocation.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { MemoryProviderBreakers } from "./provider-breakers.ts";
import { cancelled, Settling } from "./settling.ts";
import { UsedKeys } from "./used-keys.ts";

const UNQUEUED_LIMIT = 100;

const OPEN_LIMIT = 500;

/** An invocation under which so many workers were lost may be what kills them. */
const SUSPICIOUS = 2;

/** The records, in memory. What it hands out is a copy. */
export class MemoryStore implements InvocationStore {
  readonly #all: KeptInvocations;
  readonly #lifecycle: Lifecycle;
  readonly #settling: Settling;
  readonly #usedKeys: UsedKeys;

  readonly #admission: MemoryAdmission;
  readonly #limits: AdmissionLimits;
  readonly #breakers: MemoryProviderBreakers;
  readonly #heldSince = new Map<InvocationId, number>();

  constructor(
    all: KeptInvocations,
    lifecycle: Lifecycle,
    admission: MemoryAdmission,
    limits: AdmissionLimits,
    breakers: MemoryProviderBreakers,
  ) {
    this.#breakers = breakers;
    this.#all = all;
    this.#lifecycle = lifecycle;
    this.#admission = admission;
    this.#limits = limits;
    this.#settling = new Settling(all, lifecycle);
    this.#usedKeys = new UsedKeys(all);
  }

  async create(invocation: Invocation, { idempotency, spans = [] }: NewInvocation = {}): Promise<Created> {
    const earlier = idempotency && this.#usedKeys.find(invocation.tenant, idempotency);
    if (earlier) return earlier;
    const full = this.#full(invocation.tenant);
    if (full) return full;
    if (idempotency) this.#usedKeys.add(invocation, idempotency);
    const kept = this.#all.add(structuredClone(invocation));
    kept.spans.push(...structuredClone(spans));
    this.#all.log(kept, { type: "invocation.queued", at: invocation.createdAt, attempt: 0 });
    this.#admission.wait(kept, invocation.submission.delayMs);
    return { kind: "created", invocation, admitted: this.#admission.admitNow() };
  }

  async get(tenant: string, id: InvocationId): Promise<Invocation | null> {
    const kept = this.#all.find(id);
    return kept?.invocation.tenant === tenant ? this.#all.copy(kept) : null;
  }

  async status(tenant: string, id: InvocationId): Promise<Status | null> {
    return (await this.get(tenant, id))?.status ?? null;
  }

  async summary(tenant: string, id: InvocationId): Promise<InvocationSummary | null> {
    const invocation = await this.get(tenant, id);
    return invocation && toSummary(invocation);
  }

  async list({ tenant, limit, after, ...query }: InvocationQuery): Promise<InvocationPage> {
    const matching = this.#all
      .all()
      .filter(({ invocation }) => invocation.tenant === tenant)
      .filter(({ invocation }) => matches(toSummary(invocation), query))
      .filter(({ invocation }) => !after || invocation.id < after)
      .sort((a, b) => (a.invocation.id < b.invocation.id ? 1 : -1));
    const items = matching.slice(0, limit).map((kept) => toSummary(this.#all.copy(kept)));
    return { items, next: matching.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async start(
    id: InvocationId,
    worker: string,
    { apart = false, accounts = {} }: NonNullable<Parameters<InvocationStore["start"]>[2]> = {},
  ): Promise<Started> {
    const kept = this.#all.find(id);
    if (!kept) return { kind: "missing" };
    if (isTerminal(kept.invocation.status)) return { kind: "terminal" };
    const wasLost = kept.invocation.status !== "queued";
    const lost = invocationError("worker_lost", "The worker that ran the attempt was lost.");
    if (wasLost) this.#lifecycle.loseAttempt(kept, lost);
    this.#all.changes.announce(id);
    if (kept.invocation.cancelRequestedAt) {
      this.#lifecycle.finish(kept, "cancel", cancelled());
      return { kind: "terminal" };
    }
    const { attempt, submission } = kept.invocation;
    const isKilled = kept.apart === attempt && !kept.vouched.has(attempt);
    if (wasLost && (submission.recovery === "fail" || isKilled)) {
      const killed = invocationError("worker_killed", "Every worker that ran the invocation was lost.");
      this.#lifecycle.finish(kept, "fail", submission.recovery === "fail" ? lost : killed);
      return { kind: "terminal" };
    }
    if (!apart && lostUnder(kept) >= SUSPICIOUS) {
      if (wasLost) this.#lifecycle.requeue(kept);
      return { kind: "apart" };
    }
    const heldUntil = wasLost || apart ? undefined : this.#heldUntil(kept, accounts);
    if (heldUntil !== undefined) {
      kept.place = { kind: "none" };
      return { kind: "held", delayMs: heldUntil - this.#all.now() };
    }
    this.#heldSince.delete(id);
    this.#lifecycle.advance(kept, "start");
    this.#lifecycle.openAttempt(kept, worker);
    if (apart) kept.apart = kept.invocation.attempt;
    if (kept.pausesAgain) this.#lifecycle.pause(kept);
    kept.pausesAgain = false;
    const name = breakerName(kept.invocation.model, accounts);
    const isProviderSuspect = name !== undefined && this.#breakers.isSuspect(name);
    return { kind: "started", invocation: this.#all.copy(kept), isProviderSuspect };
  }

  #heldUntil({ invocation }: KeptInvocation, accounts: ProviderAccounts): number | undefined {
    const { id, model, limits } = invocation;
    const name = breakerName(model, accounts);
    const until = name && this.#breakers.heldUntil(name);
    if (until === undefined || until === "") return undefined;
    const since = this.#heldSince.get(id) ?? this.#all.now();
    if (this.#all.now() - since >= limits.providerPatienceMs) return undefined;
    this.#heldSince.set(id, since);
    return Math.min(until, since + limits.providerPatienceMs);
  }

  async vouch(id: InvocationId, attempt: number): Promise<void> {
    this.#all.find(id)?.vouched.add(attempt);
  }

  async checkIn(id: InvocationId, attempt: number): Promise<CheckIn> {
    const kept = this.#all.find(id);
    if (!isCurrent(kept, attempt)) return { kind: "stale" };
    const { cancelRequestedAt, status } = kept.invocation;
    return { kind: "current", cancelRequested: cancelRequestedAt !== null, paused: status === "paused" };
  }

  async settle(
    id: InvocationId,
    attempt: number,
    settlement: Settlement,
    spans: readonly Span[] = [],
  ): Promise<Fenced> {
    const kept = this.#all.find(id);
    if (!isCurrent(kept, attempt)) return "stale";
    this.#settling.settle(kept, settlement, spans);
    this.#all.changes.announce(id);
    return "accepted";
  }

  async cancel(tenant: string, id: InvocationId, request: CancelRequest = NOBODYS_CANCEL): Promise<CancelResult> {
    const kept = this.#all.find(id);
    if (kept?.invocation.tenant !== tenant) return { kind: "missing" };
    const { status } = kept.invocation;
    if (isTerminal(status) && status !== "cancelled")
      return { kind: "illegal", status, legal: legalTransitions(status) };
    const cancellation = kept.invocation.cancellation ?? { at: this.#all.timestamp(), ...request };
    kept.invocation = { ...kept.invocation, cancellation };
    const kind = status === "queued" || status === "cancelled" ? "cancelled" : "requested";
    if (status === "queued") this.#lifecycle.finish(kept, "cancel", cancelled());
    if (kind === "requested") this.#requestCancel(kept);
    this.#all.changes.announce(id);
    return { kind, invocation: this.#all.copy(kept) };
  }

  async pause(tenant: string, id: InvocationId): Promise<PauseResult> {
    return this.#ask(tenant, id, "pause");
  }

  async resume(tenant: string, id: InvocationId): Promise<PauseResult> {
    return this.#ask(tenant, id, "resume");
  }

  async read(id: InvocationId): Promise<Invocation | null> {
    const kept = this.#all.find(id);
    return kept ? this.#all.copy(kept) : null;
  }

  async newestAttempts(ids: readonly InvocationId[]): Promise<(number | null)[]> {
    return ids.map((id) => this.#all.find(id)?.invocation.attempt ?? null);
  }

  async open(after?: InvocationId): Promise<InvocationId[]> {
    const open = this.#all
      .all()
      .filter(({ invocation }) => !isTerminal(invocation.status))
      .map(({ invocation }) => invocation.id)
      .filter((id) => !after || id > after);
    return open.sort().slice(0, OPEN_LIMIT);
  }

  async markEnqueued(...ids: InvocationId[]): Promise<void> {
    for (const id of ids) {
      const kept = this.#all.find(id);
      if (kept) kept.isQueued = true;
    }
  }

  async unqueued(olderThanMs: number): Promise<Invocation[]> {
    const before = this.#all.now() - olderThanMs;
    const found = this.#all
      .all()
      .filter(({ place, isQueued }) => place.kind === "admitted" && !isQueued && place.at <= before);
    return found.slice(0, UNQUEUED_LIMIT).map((kept) => this.#all.copy(kept));
  }

  async expire(): Promise<number> {
    return this.#all.expire();
  }

  #full(tenant: string): Extract<Created, { kind: "queue_full" }> | undefined {
    const { tenantQueued, queued } = this.#limits;
    const all = this.#all.all().filter(({ invocation }) => invocation.status === "queued");
    const own = all.filter(({ invocation }) => invocation.tenant === tenant);
    if (tenantQueued !== null && own.length >= tenantQueued)
      return { kind: "queue_full", of: "tenant", max: tenantQueued };
    const waiting = all.filter(({ place }) => place.kind !== "admitted");
    if (queued !== null && waiting.length >= queued) return { kind: "queue_full", of: "fleet", max: queued };
    return undefined;
  }

  #ask(tenant: string, id: InvocationId, transition: "pause" | "resume"): PauseResult {
    const kept = this.#all.find(id);
    if (kept?.invocation.tenant !== tenant) return { kind: "missing" };
    const { status } = kept.invocation;
    const isThere = nextStatus(status, transition === "pause" ? "resume" : "pause") !== undefined;
    if (nextStatus(status, transition)) this.#lifecycle[transition](kept);
    else if (!isThere) return { kind: "illegal", status, legal: legalTransitions(status) };
    this.#all.changes.announce(id);
    this.#all.changes.request(id);
    return { kind: "done", invocation: this.#all.copy(kept) };
  }

  #requestCancel(kept: KeptInvocation): void {
    const cancelRequestedAt = kept.invocation.cancelRequestedAt ?? this.#all.timestamp();
    kept.invocation = { ...kept.invocation, cancelRequestedAt };
    this.#all.changes.request(kept.invocation.id);
  }
}

/** How many attempts were lost with their worker, as far as no worker has said that it lives. */
function lostUnder({ invocation, vouched }: KeptInvocation): number {
  return invocation.attempts.filter(({ number, ended }) => ended === "worker_lost" && !vouched.has(number)).length;
}
