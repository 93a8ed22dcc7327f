import {
  type Attempt,
  addUsage,
  type Event,
  type InvocationError,
  nextStatus,
  type TerminalStatus,
  type Transition,
  type Usage,
} from "@pifleet/invocation";
import type { KeptInvocation, KeptInvocations } from "./kept-invocation.ts";

/** Moves an invocation through its life, with the events that tell of it. */
export class Lifecycle {
  readonly #all: KeptInvocations;
  readonly #retentionMs: number;

  constructor(all: KeptInvocations, retentionMs: number) {
    this.#all = all;
    this.#retentionMs = retentionMs;
  }

  /** @throws {Error} for a transition that the state machine does not know. */
  advance(kept: KeptInvocation, transition: Transition): void {
    const { status } = kept.invocation;
    const next = nextStatus(status, transition);
    if (!next) throw new Error(`illegal transition: ${transition} from ${status}`);
    kept.invocation = { ...kept.invocation, status: next };
  }

  pause(kept: KeptInvocation): void {
    this.advance(kept, "pause");
    this.#all.log(kept, { type: "invocation.paused", at: this.#all.timestamp(), attempt: kept.invocation.attempt });
  }

  resume(kept: KeptInvocation): void {
    this.advance(kept, "resume");
    this.#all.log(kept, { type: "invocation.resumed", at: this.#all.timestamp(), attempt: kept.invocation.attempt });
  }

  openAttempt(kept: KeptInvocation, worker: string): void {
    const at = this.#all.timestamp();
    const { attempts, startedAt, attempt } = kept.invocation;
    const opened: Attempt = { number: attempt + 1, worker, startedAt: at, endedAt: null, ended: null };
    kept.invocation = {
      ...kept.invocation,
      attempt: opened.number,
      attempts: [...attempts, opened],
      startedAt: startedAt ?? at,
    };
    this.#all.log(kept, { type: "attempt.started", at, attempt: opened.number, worker });
  }

  closeAttempt(kept: KeptInvocation, ended: Attempt["ended"] & string, error: InvocationError | null): void {
    const at = this.#all.timestamp();
    const { attempt, attempts } = kept.invocation;
    const closed = attempts.map((entry) => (entry.number === attempt ? { ...entry, endedAt: at, ended } : entry));
    kept.invocation = { ...kept.invocation, attempts: closed };
    this.#all.log(kept, { type: "attempt.ended", at, attempt, ended, error });
  }

  addUsage(kept: KeptInvocation, usage: Usage): void {
    kept.invocation = { ...kept.invocation, usage: addUsage(kept.invocation.usage, usage) };
  }

  finish(kept: KeptInvocation, transition: Transition, error: InvocationError | null): void {
    this.advance(kept, transition);
    const at = this.#all.timestamp();
    kept.invocation = { ...kept.invocation, endedAt: at, error };
    const { status, usage, attempt } = kept.invocation;
    this.#all.log(kept, { type: `invocation.${status as TerminalStatus}`, at, attempt, error, usage } as Event);
    kept.isQueued = true;
    kept.expiresAt = this.#all.now() + this.#retentionMs;
  }
}
