import { InvocationId } from "@pifleet/invocation";
import * as z from "zod";

/** Where a page of a list ended, as clients see it: opaque, so that it can change. */
export function encodeCursor(id: InvocationId): string {
  return Buffer.from(id).toString("base64url");
}

/** A cursor in a query. Parses to the id that the page before ended with. */
export const Cursor = z
  .string()
  .describe("The nextCursor of the page before")
  .transform((cursor, context): InvocationId => {
    const { data: id } = InvocationId.safeParse(Buffer.from(cursor, "base64url").toString());
    if (id !== undefined && encodeCursor(id) === cursor) return id;
    context.addIssue({ code: "custom", message: "must be the nextCursor of another page" });
    return z.NEVER;
  });
