import { Duration } from "@pifleet/invocation";
import * as z from "zod";

const DEFAULT_SCHEDULE = "0s,5s,5m,30m,2h,5h,10h,14h,20h,24h";
const MAX_TRIES = 50;
const MAX_DELAY_MS = 30 * 86_400_000;
/** `Duration` is for lengths of time above zero; the first try is usually made at once. */
const NO_TIME = /^0(?:ms|s|m|h|d)$/;

const Delay = z.string().transform((text, context): number => {
  const ms = NO_TIME.test(text) ? 0 : Duration.safeParse(text).data;
  if (ms !== undefined && ms <= MAX_DELAY_MS) return ms;
  context.addIssue({
    code: "custom",
    message: `must be lengths of time of 30d at most, separated by commas, such as 0s,5s,5m; ${JSON.stringify(text)} is none`,
  });
  return z.NEVER;
});

/**
 * When the tries of a delivery are made: the first number is how long after the delivery was made, each further one how
 * long after the try before, milliseconds. As text, lengths of time between commas.
 */
export const WebhookSchedule = z
  .string()
  .transform((text) => text.split(",").map((entry) => entry.trim()))
  .pipe(z.array(Delay).max(MAX_TRIES, `must not name more than ${MAX_TRIES} tries`))
  .prefault(DEFAULT_SCHEDULE);
export type WebhookSchedule = readonly number[];
