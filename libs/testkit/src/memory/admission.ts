import type {
  Admission,
  Invocation,
  InvocationId,
  QueueEntry,
  Standing,
  TenantStanding,
  WaitingFor,
} from "@pifleet/invocation";
import type { KeptInvocation, KeptInvocations } from "./kept-invocation.ts";
import type { MemoryWorkerRegistry } from "./worker-registry.ts";

const LISTED_TENANTS = 100;

/** The admission, in memory: start-time fair queuing of the tenants. */
export class MemoryAdmission implements Admission {
  readonly #all: KeptInvocations;
  readonly #workers: MemoryWorkerRegistry;
  readonly #tenantRunning: number;
  /** The virtual time of each tenant who waits, or was served lately. */
  readonly #turns = new Map<string, number>();
  #virtualTime = 0;

  constructor(all: KeptInvocations, workers: MemoryWorkerRegistry, tenantRunning: number | null) {
    this.#all = all;
    this.#workers = workers;
    this.#tenantRunning = tenantRunning ?? Number.POSITIVE_INFINITY;
  }

  async admit(): Promise<QueueEntry[]> {
    return this.admitNow();
  }

  admitNow(): QueueEntry[] {
    for (const kept of this.#in("scheduled")) {
      if (kept.place.kind === "scheduled" && kept.place.dueAt <= this.#all.now()) this.#join(kept);
    }
    const entries: QueueEntry[] = [];
    for (let next = this.#next(); next; next = this.#next()) {
      const mayNeedReserve = this.#in("admitted").length >= this.#workers.capacity().common;
      next.place = { kind: "admitted", at: this.#all.now() };
      next.isQueued = false;
      this.#countTurn(next.invocation.tenant);
      entries.push({ ...entryOf(next.invocation), mayNeedReserve });
    }
    return entries;
  }

  async absent(ids: readonly InvocationId[]): Promise<InvocationId[]> {
    const waiting = new Set([...this.#in("waiting"), ...this.#in("scheduled")].map(({ invocation }) => invocation.id));
    return ids.filter((id) => !waiting.has(id));
  }

  async enter(id: InvocationId, delayMs: number): Promise<void> {
    const kept = this.#all.find(id);
    if (kept?.invocation.status === "queued") this.wait(kept, delayMs);
  }

  async waitingFor(id: InvocationId): Promise<WaitingFor | null> {
    const kept = this.#all.find(id);
    if (kept?.invocation.status !== "queued") return null;
    const { place } = kept;
    if (place.kind === "scheduled") return { reason: "delay", until: new Date(place.dueAt).toISOString() };
    const { common, reserved } = this.#workers.capacity();
    return common + reserved === 0 ? { reason: "no_worker" } : { reason: "turn", ahead: 0 };
  }

  async repair(): Promise<number> {
    return 0;
  }

  async recountStorage(): Promise<number> {
    return 0;
  }

  async recount(): Promise<number> {
    return 0;
  }

  async standing(): Promise<Standing> {
    const waiting = this.#in("waiting");
    const tenants = [...new Set(waiting.map(({ invocation }) => invocation.tenant))];
    return {
      waiting: waiting.length,
      scheduled: this.#in("scheduled").length,
      admitted: this.#in("admitted").length,
      waitingTenants: tenants.length,
      oldestMs: Math.max(
        0,
        ...waiting.map(({ place }) => (place.kind === "waiting" ? this.#all.now() - place.since : 0)),
      ),
      tenants: tenants
        .sort((a, b) => this.#timeOf(a) - this.#timeOf(b))
        .slice(0, LISTED_TENANTS)
        .map((tenant): TenantStanding => {
          const own = waiting.filter(({ invocation }) => invocation.tenant === tenant).length;
          return { tenant, waiting: own, admitted: this.#placesOf(tenant) };
        }),
    };
  }

  /** Whether more invocations have a place than the workers run at once. */
  isCrowded(): boolean {
    return this.#in("admitted").length > this.#workers.capacity().common;
  }

  /** Lets it wait for its turn, `delayMs` from now. */
  wait(kept: KeptInvocation, delayMs: number): void {
    if (delayMs > 0) kept.place = { kind: "scheduled", dueAt: this.#all.now() + delayMs };
    else this.#join(kept);
  }

  #join(kept: KeptInvocation): void {
    const { tenant } = kept.invocation;
    const waits = this.#in("waiting").some(({ invocation }) => invocation.tenant === tenant);
    if (!waits) this.#turns.set(tenant, Math.max(this.#timeOf(tenant), this.#virtualTime));
    kept.place = { kind: "waiting", since: this.#all.now() };
  }

  /** Who is next, and can have a place. */
  #next(): KeptInvocation | undefined {
    const { common, reserved } = this.#workers.capacity();
    const admitted = this.#in("admitted");
    const taken = admitted.length;
    if (taken >= common + reserved) return undefined;
    const places = Map.groupBy(admitted, ({ invocation }) => invocation.tenant);
    const [next] = this.#in("waiting")
      .filter(({ invocation }) => {
        const held = places.get(invocation.tenant)?.length ?? 0;
        return held < this.#tenantRunning && (taken < common || (held === 0 && taken < common + reserved));
      })
      .sort((a, b) => this.#compare(a.invocation, b.invocation));
    return next;
  }

  #compare(a: Invocation, b: Invocation): number {
    const order = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
    return (
      this.#timeOf(a.tenant) - this.#timeOf(b.tenant) ||
      order(a.tenant, b.tenant) ||
      b.submission.priority - a.submission.priority ||
      order(a.id, b.id)
    );
  }

  #countTurn(tenant: string): void {
    this.#virtualTime = Math.max(this.#virtualTime, this.#timeOf(tenant));
    this.#turns.set(tenant, this.#virtualTime + 1);
  }

  #timeOf(tenant: string): number {
    return this.#turns.get(tenant) ?? 0;
  }

  #placesOf(tenant: string): number {
    return this.#in("admitted").filter(({ invocation }) => invocation.tenant === tenant).length;
  }

  #in(kind: KeptInvocation["place"]["kind"]): KeptInvocation[] {
    return this.#all.all().filter(({ place }) => place.kind === kind);
  }
}

function entryOf({ id, carrier, submission }: Invocation): QueueEntry {
  return { id, carrier, priority: submission.priority, delayMs: 0 };
}
