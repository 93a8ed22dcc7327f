import {
  type Claim,
  type Invocation,
  type InvocationId,
  type Settlement,
  type Span,
  type Started,
  UnavailableError,
} from "@pifleet/invocation";
import { SpanRecorder } from "@pifleet/tracing";
import { Attempt } from "./attempt.ts";
import { outcomeOf } from "./outcome.ts";
import type { ExecutionPorts } from "./ports.ts";
import { settlementFor } from "./settlement.ts";
import { Vigil } from "./vigil.ts";

export interface ExecutorOptions {
  /** The id of the worker that the attempts run on. */
  readonly worker: string;
  /** How long a claim lasts without renewal, milliseconds. */
  readonly leaseMs: number;
}

interface Running {
  readonly attempt: Attempt;
  readonly vigil: Vigil;
}

/**
 * Runs each claim to one settlement: start → run → classify → settle → report.
 *
 * When the claim is lost on the way, the runner is killed first and nothing more is written; whoever has the claim
 * then carries on. Every write passes the store's fence as well, so that also a late one does no harm.
 */
export class Executor {
  readonly #ports: ExecutionPorts;
  readonly #options: ExecutorOptions;
  readonly #running = new Map<InvocationId, Running>();

  constructor(ports: ExecutionPorts, options: ExecutorOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  /** Runs one claim. Rejects only when the database refuses for good; the claim is then left to its lease. */
  async execute(claim: Claim): Promise<void> {
    const started = await this.#start(claim);
    if (started.kind === "started") await this.#run(claim, started.invocation);
    else if (started.kind === "unavailable") await claim.release();
    else await claim.complete();
  }

  /** A start that came too late, because the database was frozen, was not taken: somebody starts it again. */
  async #start(claim: Claim): Promise<Started | { kind: "unavailable" }> {
    try {
      return await this.#ports.store.start(claim.id, this.#options.worker);
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
    for (const { attempt } of this.#running.values()) attempt.ending.end({ kind: "handed_back" });
  }

  async #run(claim: Claim, invocation: Invocation): Promise<void> {
    const startMs = Date.now();
    const spans = new SpanRecorder(invocation, this.#options.worker, startMs);
    const attempt = new Attempt(invocation, claim, spans, this.#ports);
    const vigil = this.#watch(claim, invocation, attempt);
    this.#running.set(invocation.id, { attempt, vigil });
    try {
      const cause = await attempt.run();
      if (cause.kind === "lost") return;
      const outcome = outcomeOf(cause, attempt.transcript.remains(), this.#ports.redactor);
      const settlement: Settlement =
        cause.kind === "handed_back" ? { kind: "handed_back", outcome } : settlementFor(invocation, outcome);
      await unlessLost(claim, this.#finish(claim, invocation, attempt, settlement, spans));
    } finally {
      vigil.stop();
      this.#running.delete(invocation.id);
    }
  }

  #watch(claim: Claim, { attempt: number }: Invocation, attempt: Attempt): Vigil {
    const { ending } = attempt;
    const { store, onFault } = this.#ports;
    const { leaseMs } = this.#options;
    const onPaused = (paused: boolean) => attempt.setPaused(paused);
    const vigil = new Vigil({ claim, store, attempt: number, leaseMs, ending, onPaused, onFault });
    vigil.start();
    return vigil;
  }

  /** Settles behind everything that the attempt has written, so that the terminal event is the last one. */
  async #finish(
    claim: Claim,
    invocation: Invocation,
    attempt: Attempt,
    settlement: Settlement,
    recorder: SpanRecorder,
  ): Promise<void> {
    await attempt.relay.flush();
    const spans = recorder.end(settlement.outcome, Date.now());
    await this.#keepSpans(invocation, spans);
    await this.#ports.store.settle(invocation.id, invocation.attempt, settlement);
    await release(claim, settlement);
    await this.#report(invocation, spans);
  }

  /** The spans stand in the log before the outcome does: who sees the outcome can read the whole tree. */
  async #keepSpans({ id, attempt }: Invocation, spans: Span[]): Promise<void> {
    try {
      await this.#ports.spans.append(id, attempt, spans);
    } catch (error) {
      this.#ports.onFault(error);
    }
  }

  /** Exporting takes a bounded time and never changes the outcome, whatever comes of it. */
  async #report({ id, attempt }: Invocation, spans: Span[]): Promise<void> {
    const { exportSpans, store, onFault } = this.#ports;
    try {
      await store.recordExport(id, attempt, await exportSpans(spans));
    } catch (error) {
      onFault(error);
    }
  }
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
