import type {
  AttemptExport,
  Invocation,
  InvocationStore,
  Measures,
  NextTry,
  OwedSpans,
  Span,
  SpanLog,
  TraceSpool,
} from "@pifleet/invocation";
import { decodeEntry, exportToAll, type Senders } from "@pifleet/tracing";
import { countExport, measured } from "./export-measures.ts";
import { endedUnattended, spansOfLost, spansOfNoAttempt } from "./lost-attempt.ts";
import { ageMs, givenUp, nextTry } from "./next-try.ts";

export interface TraceDeliveryPorts {
  readonly store: Pick<InvocationStore, "read">;
  readonly spans: SpanLog;
  readonly spool: TraceSpool;
  /** Where the spans of an invocation go. None when nobody is to get them. */
  readonly senders: (invocation: Invocation) => Senders;
  readonly measures: Measures;
  /** Called with what became of the spans of an attempt. */
  readonly onDelivered?: (owed: OwedSpans, result: AttemptExport, next: NextTry) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * So many deliveries are under way at most; what has just ended and finds no room is left to the spool. More than the
 * exports to collectors that clients name, so that those never take all the room.
 */
const MAX_UNDER_WAY = 128;
/** The most exports from the spool at once. While they hang, runs that end now still find room. */
const MAX_FROM_SPOOL = 64;
/** How long what is under way has when the worker is told to stop, milliseconds. */
const END_MS = 5_000;
/** An attempt is taken from the spool for longer than its delivery can take. */
const LEASE_MS = 60_000;

/**
 * Brings the spans of attempts that have ended to their collectors. It owes nothing to the attempt any more: the
 * outcome stands, the claim is gone, and should this process die now, another worker finds the debt in the spool.
 */
export class TraceDelivery {
  readonly #ports: TraceDeliveryPorts;
  readonly #underWay = new Set<Promise<void>>();
  readonly #fromSpool = new Set<Promise<void>>();
  readonly #breakOff = new AbortController();
  #isEnding = false;

  constructor(ports: TraceDeliveryPorts) {
    this.#ports = ports;
  }

  /** Begins to deliver what this worker has just settled. */
  begin(owed: OwedSpans): void {
    if (!this.#isEnding && this.#underWay.size < MAX_UNDER_WAY) void this.#deliver(owed);
  }

  /**
   * Begins to deliver what is due in the spool, whoever left it there, until there is no more. A delivery that takes
   * its time, because its collector hangs, holds up none behind it while there is room.
   */
  async catchUp(): Promise<void> {
    while (!this.#isEnding) {
      const room = Math.min(MAX_UNDER_WAY - this.#underWay.size, MAX_FROM_SPOOL - this.#fromSpool.size);
      const due = room > 0 ? await this.#ports.spool.take(room, LEASE_MS) : [];
      for (const owed of due) void this.#deliver(owed, true);
      if (due.length < room) return;
      await Promise.race(this.#underWay);
    }
  }

  /**
   * Begins nothing more. What is under way has 5 s; then it is broken off, and another worker sends what is left.
   * Safe to call twice.
   * @param afterMs how long it has instead, milliseconds
   */
  async end(afterMs: number = END_MS): Promise<void> {
    this.#isEnding = true;
    const timer = setTimeout(() => this.#breakOff.abort(), afterMs);
    await this.idle();
    clearTimeout(timer);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Never rejects: what goes wrong here is tried again when the time is over for which it was taken. */
  async #deliver(owed: OwedSpans, isFromSpool = false): Promise<void> {
    const work = this.#export(owed).catch(this.#ports.onFault);
    this.#underWay.add(work);
    if (isFromSpool) this.#fromSpool.add(work);
    await work;
    this.#underWay.delete(work);
    this.#fromSpool.delete(work);
  }

  async #export(owed: OwedSpans): Promise<void> {
    const { store, spool, senders, measures, onDelivered } = this.#ports;
    const invocation = await store.read(owed.id);
    // Its retention is over: there is nothing left to deliver.
    if (!invocation) return spool.record(owed, {}, { kind: "never" });
    const to = senders(invocation);
    const earlier = invocation.exports[owed.attempt];
    if (!earlier && endedUnattended(invocation, owed.attempt)) await this.#finish(invocation, owed.attempt);
    const spans = to.deployment || to.invocation ? await this.#written(invocation, owed.attempt) : [];
    const before = earlier ?? {};
    const tried = await exportToAll(
      measured(to, measures),
      spans,
      invocation.callerSpanId,
      before,
      this.#breakOff.signal,
    );
    const age = ageMs(invocation, owed.attempt);
    const result = givenUp(tried, age);
    const next = nextTry(result, age);
    await spool.record(owed, result, next);
    countExport(measures, { before, tried, result, spans: spans.length });
    onDelivered?.(owed, result, next);
  }

  /** Writes the spans that nobody wrote. Whoever comes second, also with another try, changes nothing. */
  async #finish(invocation: Invocation, attempt: number): Promise<void> {
    await this.#ports.spans.finish(invocation.id, attempt, await this.#missing(invocation, attempt));
  }

  /** The submission's spans go with those of the first attempt. */
  async #written({ id }: Invocation, attempt: number): Promise<Span[]> {
    const all = await this.#ports.spans.read(id);
    return all.filter((span) => span.attempt === attempt || (attempt === 1 && span.attempt === 0));
  }

  async #missing(invocation: Invocation, attempt: number): Promise<Span[]> {
    if (attempt === 0) return spansOfNoAttempt(invocation);
    const texts = await this.#ports.spans.journal(invocation.id, attempt);
    return spansOfLost(
      invocation,
      attempt,
      texts.flatMap((text) => decodeEntry(text) ?? []),
    );
  }
}
