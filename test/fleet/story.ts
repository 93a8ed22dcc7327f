import type { InvocationSummary, LoggedEvent } from "@pifleet/client";
import { addUsage, NO_USAGE, type RequestUsage } from "@pifleet/invocation";
import { isTerminal, isTerminalEvent } from "@pifleet/invocation/terminal";

/** What may be told of an attempt that has ended: what became of the invocation. */
const AFTER_AN_ATTEMPT = /^(invocation\.|retry\.scheduled$)/;

/** What a record tells of its course. */
type Told = Pick<InvocationSummary, "status" | "attempt" | "attempts" | "usage">;

/** Something in an invocation's record or event log that must never be. */
export interface Flaw {
  readonly kind: "lost" | "settled twice" | "stale write" | "untrue record";
  readonly detail: string;
}

/** Compares the whole event log of an invocation with its record. None when all is as it must be. */
export function flawsOf(record: Told, events: readonly LoggedEvent[]): Flaw[] {
  return [
    ...endFlaws(record, events),
    ...staleWrites(events),
    ...attemptFlaws(record, events),
    ...usageFlaws(record, events),
  ];
}

/** What the messages took, all together. */
function usageOf(events: readonly LoggedEvent[]): RequestUsage {
  const {
    turns: _,
    toolCalls: __,
    ...sum
  } = events.reduce(
    (total, event) => (event.type === "message.completed" ? addUsage(total, { ...NO_USAGE, ...event.usage }) : total),
    NO_USAGE,
  );
  return sum;
}

/** A log that has lost its beginning cannot tell. */
function usageFlaws({ usage }: Told, events: readonly LoggedEvent[]): Flaw[] {
  if (events.some(({ type }) => type === "gap")) return [];
  const told = usageOf(events);
  return (Object.keys(told) as (keyof RequestUsage)[])
    .filter((name) => Math.abs(told[name] - usage[name]) > 1e-9)
    .map((name) => untrue(`${name} is ${usage[name]}, and the messages tell of ${told[name]}`));
}

function endFlaws({ status }: Told, events: readonly LoggedEvent[]): Flaw[] {
  if (!isTerminal(status)) return [{ kind: "lost", detail: `it is still ${status}` }];
  const ends = events.filter(isTerminalEvent);
  if (ends.length > 1) return [{ kind: "settled twice", detail: ends.map(({ type }) => type).join(", ") }];
  const last = events.at(-1)?.type;
  return last === `invocation.${status}` ? [] : [untrue(`the status is ${status}, and the last event is ${last}`)];
}

/** An attempt may write from its start to its end, and not once another one has started. */
function staleWrites(events: readonly LoggedEvent[]): Flaw[] {
  const flaws: Flaw[] = [];
  let current = 0;
  let open = false;
  for (const { type, attempt, id } of events) {
    if (type === "gap") continue;
    if (type === "attempt.started") {
      current = attempt;
      open = true;
    }
    const late = attempt !== current || (!open && !AFTER_AN_ATTEMPT.test(type));
    if (late) flaws.push({ kind: "stale write", detail: `${id} ${type} of attempt ${attempt} during ${current}` });
    if (type === "attempt.ended") open = false;
  }
  return flaws;
}

function attemptFlaws({ attempt, attempts, status }: Told, events: readonly LoggedEvent[]): Flaw[] {
  const numbers = attempts.map(({ number }) => number).join();
  const flaws = [
    numbers !== attempts.map((_, i) => i + 1).join() && `the attempts are numbered ${numbers}`,
    attempt !== attempts.length && `the newest of ${attempts.length} attempts is said to be ${attempt}`,
    isTerminal(status) && attempts.some(({ ended }) => ended === null) && "an attempt was not closed",
    attempts.some(({ number }) => times(events, "attempt.started", number) !== 1) && "an attempt did not start once",
    attempts.some(({ number, ended }) => ended !== null && times(events, "attempt.ended", number) !== 1) &&
      "an attempt did not end once",
  ];
  return flaws.flatMap((flaw) => (flaw ? [untrue(flaw)] : []));
}

function times(events: readonly LoggedEvent[], type: string, attempt: number): number {
  return events.filter((event) => event.type === type && event.attempt === attempt).length;
}

function untrue(detail: string): Flaw {
  return { kind: "untrue record", detail };
}
