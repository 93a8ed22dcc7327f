import type { AfterTry, StoredDelivery } from "@pifleet/invocation";
import type { Tried } from "./post-message.ts";
import type { WebhookSchedule } from "./schedule.ts";

const MAX_WAIT_MS = 24 * 3_600_000;
/** A receiver may ask for haste, though not for more than this. */
const MIN_ASKED_MS = 1_000;
/** What a wait is lengthened by at most, so that what failed together does not come back together. */
const JITTER = 0.1;

/** The receiver wants nothing from us any more, neither this message nor later ones. */
export function isGone({ made }: Tried): boolean {
  return made.status === 410;
}

/**
 * What follows after a try: the next one comes when the schedule says, or when the receiver asked for it, whether that
 * is sooner or later. The schedule alone decides how many tries there are.
 * @param random from 0 to 1
 */
export function afterTry(
  { tryCount }: Pick<StoredDelivery, "tryCount">,
  tried: Tried,
  schedule: WebhookSchedule,
  random: () => number = Math.random,
): AfterTry {
  if (tried.made.error === null) return { kind: "delivered" };
  const scheduledMs = schedule[tryCount + 1];
  if (scheduledMs === undefined || isGone(tried)) return { kind: "dead" };
  const waitMs = askedMs(tried, scheduledMs) ?? scheduledMs;
  return { kind: "again", delayMs: Math.round(waitMs * (1 + JITTER * random())) };
}

function askedMs({ retryAfterMs }: Tried, scheduledMs: number): number | undefined {
  if (retryAfterMs === undefined) return undefined;
  return Math.min(Math.max(retryAfterMs, Math.min(MIN_ASKED_MS, scheduledMs)), MAX_WAIT_MS);
}

/**
 * When the schedule wants the next try of a delivery, Unix milliseconds: one that was postponed may be long overdue.
 */
export function scheduledAtMs({ tries, tryCount, createdAt }: StoredDelivery, schedule: WebhookSchedule): number {
  return Date.parse(tries.at(-1)?.at ?? createdAt) + (schedule[tryCount] ?? 0);
}
