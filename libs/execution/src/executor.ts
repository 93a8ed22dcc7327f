import { setTimeout } from "node:timers/promises";
import {
  boundedOutcome,
  breakerName,
  type Claim,
  type Fenced,
  type Invocation,
  type InvocationId,
  invocationError,
  measureSettled,
  measureStart,
  type Outcome,
  type Settlement,
  type Span,
  type Started,
  UnavailableError,
} from "@pifleet/invocation";
import { ApartClaim } from "./apart-run.ts";
import { Attempt } from "./attempt.ts";
import { outcomeOf } from "./outcome.ts";
import type { ExecutionPorts } from "./ports.ts";
import { isAway } from "./provider-patience.ts";
import { handBack, settlementFor } from "./settlement.ts";
import { Vigil } from "./vigil.ts";
import { vouch } from "./vouch.ts";

/** How long after a settlement that did not reach the store it is tried again. */
const AGAIN_MS = 500;

export interface ExecutorOptions {
  /** The id of the worker that the attempts run on. */
  readonly worker: string;
  /** How long a claim lasts without renewal, milliseconds. */
  readonly leaseMs: number;
  /** Whether this process runs nothing but the one claim. Default false. */
  readonly apart?: boolean;
}

const SPREAD_MS = 2_000;

interface Running {
  readonly attempt: Attempt;
  readonly vigil: Vigil;
}

/**
 * Runs each claim to one settlement: start → run → classify → keep the artifacts → settle.
 *
 * While the claim is in doubt the runner stands still. When the claim is lost, the runner is killed first and nothing
 * more is written; whoever has the claim then carries on. Every write passes the store's fence as well, so that a late
 * one does no harm either.
 */
export class Executor {
  readonly #ports: ExecutionPorts;
  readonly #options: ExecutorOptions;
  readonly #running = new Map<InvocationId, Running>();
  readonly #apart = new Set<ApartClaim>();
  #isHandingBack = false;

  constructor(ports: ExecutionPorts, options: ExecutorOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  /** Runs one claim. Rejects only when the database refuses for good; the claim is then left to its lease. */
  async execute(claim: Claim): Promise<void> {
    const started = await this.#start(claim);
    if (started.kind === "started") await this.#run(claim, started);
    else if (started.kind === "held") await claim.release(spread(started.delayMs));
    else if (started.kind === "apart") await this.#runApart(claim);
    else if (started.kind === "unavailable") await claim.release();
    else await claim.complete();
  }

  /** A start that came too late, because the database was frozen, was not taken: somebody starts it again. */
  async #start(claim: Claim): Promise<Started | { kind: "unavailable" }> {
    try {
      const { worker, apart = false } = this.#options;
      const { store, accounts } = this.#ports;
      return await store.start(claim.id, worker, { apart, accounts });
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      this.#ports.onFault(error);
      return { kind: "unavailable" };
    }
  }

  /** Something was asked of an invocation; if it runs here, its attempt looks after it at once. */
  wake(id: InvocationId): void {
    this.#running.get(id)?.vigil.wake();
  }

  /** Ends all attempts and gives their invocations back to the queue; they do not count as attempts. */
  handBackAll(): void {
    this.#isHandingBack = true;
    for (const { attempt } of this.#running.values()) attempt.ending.end({ kind: "handed_back" });
    for (const apart of this.#apart) apart.handBack();
  }

  async #runApart(claim: Claim): Promise<void> {
    const { startApart: start, onFault } = this.#ports;
    const apart = new ApartClaim(claim, { leaseMs: this.#options.leaseMs, start, onFault });
    this.#apart.add(apart);
    try {
      await apart.settle();
    } finally {
      this.#apart.delete(apart);
    }
  }

  async #run(claim: Claim, { invocation, isProviderSuspect }: Extract<Started, { kind: "started" }>): Promise<void> {
    const { redactor, measures, onAttemptStarted } = this.#ports;
    const attempt = new Attempt(invocation, this.#options.worker, claim, this.#ports);
    const vigil = this.#watch(claim, invocation, attempt);
    this.#running.set(invocation.id, { attempt, vigil });
    measureStart(measures, invocation);
    onAttemptStarted?.(attempt.info);
    if (isProviderSuspect) void attempt.firstAnswer.reached.then(() => this.#tellAnswered(invocation));
    try {
      const cause = await attempt.run();
      if (cause.kind === "lost") {
        void vouch(this.#ports.store, invocation, this.#ports.onFault);
        return;
      }
      const outcome = boundedOutcome(outcomeOf(cause, attempt.transcript.remains(), redactor));
      this.#tellSilence(invocation, outcome);
      const settlement = (cause.kind === "handed_back" ? handBack : settlementFor)(invocation, outcome);
      await unlessLost(claim, this.#finish(claim, invocation, attempt, settlement));
    } finally {
      await attempt.clear();
      vigil.stop();
      this.#running.delete(invocation.id);
    }
  }

  #tellAnswered({ model }: Invocation): void {
    const { breakers, accounts, onFault } = this.#ports;
    const name = breakerName(model, accounts);
    if (name !== undefined) breakers.answered(name).catch((error: unknown) => onFault(error));
  }

  /** An attempt that ended without any answer, because its provider was away, tells of the provider. */
  #tellSilence({ id, model }: Invocation, outcome: Outcome): void {
    const { breakers, accounts, onFault } = this.#ports;
    const name = breakerName(model, accounts);
    if (name === undefined || outcome.status === "succeeded") return;
    const { error, isUnpaid, retryAfterMs } = outcome;
    if (!isUnpaid || !isAway(error.code)) return;
    const silence = { invocation: id, code: error.code, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    breakers.silent(name, silence).catch((fault: unknown) => onFault(fault));
  }

  #watch(claim: Claim, { attempt: number }: Invocation, attempt: Attempt): Vigil {
    const { ending } = attempt;
    const { store } = this.#ports;
    const { leaseMs } = this.#options;
    const onFault = (error: unknown) => this.#ports.onFault(error, attempt.info);
    const onPaused = (paused: boolean) => attempt.setPaused(paused);
    const onDoubt = (inDoubt: boolean) => attempt.setInDoubt(inDoubt);
    const vigil = new Vigil({ claim, store, attempt: number, leaseMs, ending, onPaused, onDoubt, onFault });
    vigil.start();
    return vigil;
  }

  /** What the attempt that ends the invocation has left to be kept is kept, and then its workspace goes. */
  async #collect(attempt: Attempt, settlement: Settlement): Promise<Settlement> {
    if (settlement.kind !== "final") return settlement;
    return { ...settlement, artifacts: await attempt.collect() };
  }

  /** Settles behind everything that the attempt has written, so that the terminal event is the last one. */
  async #finish(claim: Claim, invocation: Invocation, attempt: Attempt, decided: Settlement): Promise<void> {
    const { measures, onSettled, onAttemptEnded } = this.#ports;
    const { id, attempt: number } = invocation;
    const settlement = await this.#collect(attempt, decided);
    await attempt.clear();
    attempt.tellRest();
    await attempt.relay.close();
    const endedAtMs = Date.now();
    const spans = attempt.spans.end(settlement.outcome, endedAtMs, { handedBack: settlement.kind === "handed_back" });
    const settled = await this.#settleInTheEnd(claim, invocation, settlement, spans);
    await release(claim, settlement);
    if (settled === "stale") return;
    onSettled({ id, attempt: number });
    measureSettled(measures, invocation, settlement, endedAtMs);
    measures.count("trace_spans_dropped_total", { reason: "too_many" }, attempt.spans.dropped);
    onAttemptEnded?.(attempt.info, settlement);
  }

  /** What was done is not lost to an outage: it is settled when the store is back, as long as the claim may be held. */
  async #settleInTheEnd(claim: Claim, invocation: Invocation, settlement: Settlement, spans: readonly Span[]) {
    for (;;) {
      try {
        return await this.#settle(invocation, settlement, spans);
      } catch (error) {
        if (!(error instanceof UnavailableError) || claim.lost.aborted || this.#isHandingBack) throw error;
        this.#ports.onFault(error);
      }
      await setTimeout(AGAIN_MS);
    }
  }

  /** An outcome that the store refuses for good, such as one that is too large, is replaced by one that says so. */
  async #settle({ id, attempt }: Invocation, settlement: Settlement, spans: readonly Span[]): Promise<Fenced> {
    const { store, onFault } = this.#ports;
    try {
      return await store.settle(id, attempt, settlement, spans);
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      onFault(error);
      const refused = invocationError("internal", `The outcome could not be stored: ${String(error)}`);
      const { usage } = settlement.outcome;
      const outcome: Outcome = { status: "failed", output: null, messages: [], error: refused, usage };
      return store.settle(id, attempt, { kind: "final", outcome });
    }
  }
}

/** Those that were held together come back one after the other; the first of them finds out for all. */
function spread(delayMs: number): number {
  return Math.round(delayMs + Math.random() * SPREAD_MS);
}

function release(claim: Claim, settlement: Settlement): Promise<void> {
  if (settlement.kind === "final") return claim.complete();
  return claim.release(settlement.kind === "again" ? settlement.delayMs : 0);
}

/** Waits for the work, but not beyond the claim: what hangs then is refused by the fence when it arrives after all. */
async function unlessLost(claim: Claim, work: Promise<void>): Promise<void> {
  if (claim.lost.aborted) return;
  const lost = new Promise<void>((resolve) => claim.lost.addEventListener("abort", () => resolve(), { once: true }));
  await Promise.race([work, lost]);
}
