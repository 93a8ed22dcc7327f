import {
  type Attempt,
  type Invocation,
  invocationError,
  nextStatus,
  SETTLER_LEASE_MS,
  type Settlement,
  type Span,
  type TerminalStatus,
  type Transition,
} from "@pifleet/invocation";
import type { KeptInvocation, KeptInvocations } from "./kept-invocation.ts";
import type { Lifecycle } from "./lifecycle.ts";

const ENDING: Record<TerminalStatus, Transition> = {
  succeeded: "succeed",
  failed: "fail",
  cancelled: "cancel",
  timed_out: "time_out",
  needs_attention: "need_attention",
};

/** The error of an invocation that was cancelled while no attempt could report it. */
export function cancelled() {
  return invocationError("cancelled", "The invocation was cancelled.");
}

/** Ends attempts, and invocations with them unless another attempt follows. */
export class Settling {
  readonly #all: KeptInvocations;
  readonly #lifecycle: Lifecycle;

  constructor(all: KeptInvocations, lifecycle: Lifecycle) {
    this.#all = all;
    this.#lifecycle = lifecycle;
  }

  settle(kept: KeptInvocation, settlement: Settlement, spans: readonly Span[]): void {
    const { outcome, kind } = settlement;
    const handedBack = kind === "handed_back";
    const ended: Attempt["ended"] & string = handedBack ? "handed_back" : (outcome.error?.code ?? "succeeded");
    if (kind === "final") this.#resumeFor(kept, ENDING[outcome.status]);
    this.#lifecycle.closeAttempt(kept, ended, handedBack ? null : outcome.error, SETTLER_LEASE_MS);
    kept.spans.push(...structuredClone(spans));
    kept.journals.delete(kept.invocation.attempt);
    kept.progress = null;
    this.#lifecycle.addUsage(kept, outcome.usage);
    const isCancelled = kind !== "final" && kept.invocation.cancelRequestedAt !== null;
    if (kind === "final") this.#end(kept, settlement, ENDING[outcome.status], outcome.error);
    else if (isCancelled) this.#end(kept, settlement, "cancel", cancelled());
    else this.#requeue(kept, settlement, ended);
  }

  /** An attempt that ended before a pause took hold of it has an outcome which a paused one cannot have. */
  #resumeFor(kept: KeptInvocation, transition: Transition): void {
    if (!nextStatus(kept.invocation.status, transition)) this.#lifecycle.resume(kept);
  }

  #end(kept: KeptInvocation, settlement: Settlement, transition: Transition, error: Invocation["error"]): void {
    const { output, messages, stopReason = null } = settlement.outcome;
    const artifacts = settlement.kind === "final" ? [...(settlement.artifacts ?? [])] : [];
    kept.invocation = {
      ...kept.invocation,
      output,
      messages: structuredClone(messages),
      messageCount: messages.length,
      stopReason,
      artifacts,
    };
    this.#lifecycle.finish(kept, transition, error);
  }

  #requeue(kept: KeptInvocation, settlement: Settlement, reason: string): void {
    this.#lifecycle.requeue(kept);
    if (settlement.kind !== "again") return;
    const at = this.#all.timestamp();
    const { delayMs } = settlement;
    const { attempt } = kept.invocation;
    this.#all.log(kept, { type: "retry.scheduled", at, attempt, scope: "attempt", delayMs, reason });
  }
}
