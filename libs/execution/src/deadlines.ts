import type { Limits, RunnerRecord } from "@pifleet/invocation";
import type { Ending } from "./cause.ts";
import type { RecordObserver } from "./record-observer.ts";

/** A runner that says nothing at all for this long is not idle but unresponsive; its heartbeats come every 500 ms. */
const UNRESPONSIVE_MS = 5_000;
/** A runner that was heard within this time lives: one heartbeat may be missed or late. */
const HEARD_LATELY_MS = 1_000;

/**
 * The layered deadlines of one attempt: first byte < idle < total.
 *
 * Total runs from the start of the attempt. First byte runs from each model request to the first byte of its answer.
 * Idle runs from the last progress; a tool that is at work is progress as long as the runner says so, and so are bytes
 * of an answer, whatever they are. First byte and idle do not run while the attempt is paused, and begin with the task: a
 * runner that still starts is judged by total alone, because many cold starts at once can take long.
 */
export class Deadlines implements RecordObserver {
  readonly #limits: Limits;
  readonly #ending: Ending;
  readonly #total: NodeJS.Timeout;
  #pause: NodeJS.Timeout | undefined;
  #firstByte: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #begun = false;
  #paused = false;
  #awaitsFirstByte = false;
  #progressAt = 0;
  #signAt = 0;

  constructor(limits: Limits, ending: Ending) {
    this.#limits = limits;
    this.#ending = ending;
    this.#total = setTimeout(() => this.#expire("total", limits.totalMs), limits.totalMs);
  }

  /** The runner has its task: from now on it is expected to get on. */
  begin(): void {
    this.#begun = true;
    this.#expectProgress();
  }

  /**
   * The processes are stopped: nothing is expected of them. The total time runs on. Safe to call again.
   * @param limitMs how long they may stay so, counted from the first call that gives a limit; without, any time
   */
  pause(limitMs?: number): void {
    this.#paused = true;
    if (limitMs === undefined) this.#endPause();
    else this.#pause ??= setTimeout(() => this.#expire("paused", limitMs), limitMs);
    clearTimeout(this.#firstByte);
    clearTimeout(this.#idle);
  }

  /** The processes go on; a request that was under way has its full time again. */
  resume(): void {
    this.#paused = false;
    this.#endPause();
    this.#expectProgress();
    if (this.#awaitsFirstByte) this.#watchFirstByte();
  }

  observe(record: RunnerRecord): void {
    this.#signAt = performance.now();
    if (record.type !== "heartbeat" || record.toolRunning || record.receiving) this.#progressAt = this.#signAt;
    // A runner that waits for its provider is not idle; the patience of the invocation bounds the wait.
    if (record.type === "retry.scheduled")
      this.#progressAt += Math.min(record.delayMs, this.#limits.providerPatienceMs);
    if (record.type === "request.started") this.#requestStarted();
    if (record.type === "request.first_byte" || record.type === "request.ended") this.#requestAnswered();
  }

  /** No deadline expires any more. Safe to call twice. */
  stop(): void {
    this.#begun = false;
    clearTimeout(this.#total);
    this.#endPause();
    clearTimeout(this.#firstByte);
    clearTimeout(this.#idle);
  }

  #endPause(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  #expectProgress(): void {
    if (!this.#begun || this.#paused) return;
    this.#progressAt = this.#signAt = performance.now();
    clearTimeout(this.#idle);
    this.#watchIdle(this.#limits.idleMs);
  }

  #requestStarted(): void {
    this.#awaitsFirstByte = true;
    if (!this.#paused) this.#watchFirstByte();
  }

  #requestAnswered(): void {
    this.#awaitsFirstByte = false;
    clearTimeout(this.#firstByte);
  }

  #watchFirstByte(): void {
    const { firstByteMs } = this.#limits;
    clearTimeout(this.#firstByte);
    this.#firstByte = setTimeout(() => this.#expire("first_byte", firstByteMs), firstByteMs);
  }

  /** Progress only moves a mark: one timer for thousands of deltas, set again for what is left when it fires. */
  #watchIdle(ms: number): void {
    this.#idle = setTimeout(() => {
      const left = this.#limits.idleMs - (performance.now() - this.#progressAt);
      if (left > 0) this.#watchIdle(left);
      else this.#judgeSilence();
    }, ms);
  }

  /**
   * No progress for too long: is the agent idle, or its runner unresponsive? One that fell silent a moment ago, because
   * it hung just after a heartbeat, is listened to until that is certain.
   */
  #judgeSilence(): void {
    const { idleMs } = this.#limits;
    const unresponsiveMs = Math.min(idleMs, UNRESPONSIVE_MS);
    const silentMs = performance.now() - this.#signAt;
    if (silentMs >= unresponsiveMs) this.#ending.end({ kind: "unresponsive", silentMs: Math.round(silentMs) });
    else if (silentMs < HEARD_LATELY_MS) this.#ending.end({ kind: "deadline", deadline: "idle", limitMs: idleMs });
    else this.#watchIdle(unresponsiveMs - silentMs);
  }

  #expire(deadline: "first_byte" | "paused" | "total", limitMs: number): void {
    this.#ending.end({ kind: "deadline", deadline, limitMs });
  }
}
