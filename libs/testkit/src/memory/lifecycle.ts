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
import type { MemoryOutbox } from "./outbox.ts";
import type { MemoryTraceSpool } from "./trace-spool.ts";

/** Moves an invocation through its life, with the events that tell of it. */
export class Lifecycle {
  readonly #all: KeptInvocations;
  readonly #spool: MemoryTraceSpool;
  readonly #outbox: MemoryOutbox;
  readonly #retentionMs: number;

  constructor(all: KeptInvocations, spool: MemoryTraceSpool, outbox: MemoryOutbox, retentionMs: number) {
    this.#all = all;
    this.#spool = spool;
    this.#outbox = outbox;
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
    kept.place = { kind: "admitted", at: this.#all.now() };
    kept.isQueued = true;
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

  /** Ends the newest attempt; its spans are owed to a collector from now on, and due in `dueInMs`. */
  closeAttempt(
    kept: KeptInvocation,
    ended: Attempt["ended"] & string,
    error: InvocationError | null,
    dueInMs: number,
  ): void {
    const at = this.#all.timestamp();
    const { id, attempt, attempts } = kept.invocation;
    const closed = attempts.map((entry) => (entry.number === attempt ? { ...entry, endedAt: at, ended } : entry));
    kept.invocation = { ...kept.invocation, attempts: closed };
    this.#all.log(kept, { type: "attempt.ended", at, attempt, ended, error });
    this.#spool.owe(id, attempt, dueInMs);
  }

  /** Ends the newest attempt, whose worker was lost. */
  loseAttempt(kept: KeptInvocation, error: InvocationError): void {
    this.closeAttempt(kept, "worker_lost", error, 0);
    if (kept.progress) this.addUsage(kept, kept.progress.usage);
    kept.progress = null;
    this.#oweUnwritten(kept);
  }

  /** The newest attempt is over, and another one follows. */
  requeue(kept: KeptInvocation): void {
    kept.pausesAgain = kept.invocation.status === "paused";
    this.advance(kept, "requeue");
    kept.place = { kind: "none" };
  }

  /** Nobody is there to write the spans of the newest attempt: whoever takes it from the spool makes them. */
  #oweUnwritten(kept: KeptInvocation): void {
    const { id, attempt } = kept.invocation;
    kept.lost.add(attempt);
    this.#spool.owe(id, attempt, 0);
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
    if (attempt === 0) this.#oweUnwritten(kept);
    this.#spool.dropCredentials(kept);
    this.#outbox.notify(kept.invocation);
    kept.place = { kind: "none" };
    kept.expiresAt = this.#all.now() + this.#retentionMs;
  }
}
