import * as z from "zod";
import { AWAY_CODES, type ErrorCode } from "./error-code.ts";

const REASONS = {
  delay: "its `delayMs`, or the time until its next attempt, is not over",
  provider: "its provider does not answer; it is tried again",
  queue_paused: "an operator has paused the queue",
  no_worker: "no worker is alive",
  tenant_limit: "its tenant runs as many as it may",
  turn: "others go first",
} as const;

export const WaitingReason = z.enum(Object.keys(REASONS) as (keyof typeof REASONS)[]);
export type WaitingReason = z.infer<typeof WaitingReason>;

/** Why a queued invocation does not run. */
export const WaitingFor = z.object({
  reason: WaitingReason.describe(
    Object.entries(REASONS)
      .map(([reason, meaning]) => `\`${reason}\`: ${meaning}`)
      .join("; "),
  ),
  ahead: z.int().min(0).optional().describe("How many go first: of its tenant, or of all that may be claimed"),
  until: z.iso.datetime({ precision: 3 }).optional().describe("When the reason passes, where that is known"),
});
export type WaitingFor = z.infer<typeof WaitingFor>;

/** A wait for the next attempt that is a wait for a provider which was away says so. */
export function namingProvider(
  waitingFor: WaitingFor | null,
  attempts: readonly { readonly ended: string | null }[],
): WaitingFor | null {
  const ended = attempts.at(-1)?.ended as ErrorCode | undefined;
  const isAway = waitingFor?.reason === "delay" && ended !== undefined && AWAY_CODES.includes(ended);
  return isAway ? { ...waitingFor, reason: "provider" } : waitingFor;
}
