import { addUsage, type EventType, NO_USAGE } from "@pifleet/invocation";
import type { Event } from "./event.ts";
import { formatSeconds, formatUsageSoFar } from "./figures.ts";
import { plainText } from "./plain-text.ts";

/** Something that takes its time, and since when: milliseconds since the epoch. */
interface Doing {
  readonly what: string;
  readonly since: number;
}

/** What is waited for behind an event, until another one says otherwise. */
const BEHIND: Partial<Record<EventType, string>> = {
  "invocation.queued": "queued",
  "attempt.started": "starting",
  "turn.started": "waiting for the model",
  "message.completed": "waiting for the model",
  "tool.ended": "waiting for the model",
  "retry.scheduled": "waiting for the next try",
  "attempt.ended": "waiting for the next try",
};

const MODEL_DOES = { thinking: "the model thinks", text: "the model writes" } as const;

const A_WHILE_MS = 1_000;

/** What one invocation is doing, since when, and what it has taken so far, told by its events in order. */
export class Activity {
  /** The tool calls that run, the oldest first. */
  readonly #calls = new Map<string, Doing>();
  #doing: Doing | undefined;
  #pausedAt: number | undefined;
  #startedAt: number | undefined;
  #usage = NO_USAGE;
  /** Whether all the events from the first one on were seen, so that what is counted is what there was. */
  #isWhole: boolean | undefined;

  next(event: Event): void {
    const at = Date.parse(event.at);
    this.#isWhole ??= event.type === "invocation.queued";
    this.#count(event, at);
    if (event.type === "tool.started") this.#calls.set(event.callId, { what: plainText(event.name), since: at });
    if (event.type === "tool.ended") this.#calls.delete(event.callId);
    if (event.type === "attempt.started" || event.type === "attempt.ended") this.#calls.clear();
    if (event.type === "invocation.paused") this.#pausedAt = at;
    if (event.type === "invocation.resumed") this.#pausedAt = undefined;
    const what = event.type === "message.delta" ? MODEL_DOES[event.channel] : BEHIND[event.type];
    const goesOn = event.type === "message.delta" && what === this.#doing?.what;
    if (what !== undefined && !goesOn) this.#doing = { what, since: at };
  }

  /** One line: what is waited for, for how long, and what the whole run has taken. `now` is in ms since the epoch. */
  describe(now: number): string {
    const doing = this.#current();
    if (doing === undefined) return "waiting for events";
    const took = formatSeconds(now - doing.since);
    // Two clocks that tell nearly the same are one too many.
    const startedAt = this.#startedAt ?? doing.since;
    const ran = doing.since - startedAt < A_WHILE_MS ? [] : [`in all ${formatSeconds(now - startedAt)}`];
    const usage = this.#isWhole && this.#usage.turns > 0 ? [formatUsageSoFar(this.#usage)] : [];
    return [doing.what, took, ...ran, ...usage].join(" · ");
  }

  #count(event: Event, at: number): void {
    if (event.type === "attempt.started") this.#startedAt ??= at;
    if (event.type === "turn.started") this.#usage = addUsage(this.#usage, { ...NO_USAGE, turns: 1 });
    if (event.type === "tool.started") this.#usage = addUsage(this.#usage, { ...NO_USAGE, toolCalls: 1 });
    // A worker of an older version tells nothing of it.
    if (event.type === "message.completed") this.#usage = addUsage(this.#usage, { ...NO_USAGE, ...event.usage });
    if (event.type === "gap") this.#isWhole = false;
  }

  #current(): Doing | undefined {
    if (this.#pausedAt !== undefined) return { what: "paused", since: this.#pausedAt };
    const [oldest, ...others] = this.#calls.values();
    if (oldest === undefined) return this.#doing;
    return { what: [oldest, ...others].map(({ what }) => what).join(", "), since: oldest.since };
  }
}
