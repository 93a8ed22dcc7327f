import * as z from "zod";

/** A time that a client names, RFC 3339. Parses to Unix milliseconds. */
export const Moment = z.iso
  .datetime({ offset: true, error: "must be a time such as 2030-01-02T03:04:05Z" })
  .transform((text) => Date.parse(text));

/** Whether a range does not end before it begins; what is left open is no fault. */
export function isOrdered({ since, until }: { readonly since?: number; readonly until?: number }): boolean {
  return since === undefined || until === undefined || since <= until;
}

/** What is wrong with a range that is not ordered. */
export const ORDER_FAULT: { path: string[]; error: string } = { path: ["until"], error: "must not be before since" };
