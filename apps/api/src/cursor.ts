import { InvocationId } from "@pifleet/invocation";
import * as z from "zod";

/** Where a page of a list ended, as clients see it: opaque, so that it can change. */
export function encodeCursor(id: string): string {
  return Buffer.from(id).toString("base64url");
}

/** A cursor in a query, of a list of what has these ids. Parses to the id that the page before ended with. */
export function cursorOf<Id extends z.ZodType<string>>(ids: Id) {
  return z
    .string()
    .describe("The nextCursor of the page before")
    .transform((cursor, context): z.infer<Id> => {
      const { data: id } = ids.safeParse(Buffer.from(cursor, "base64url").toString());
      if (id !== undefined && encodeCursor(id) === cursor) return id;
      context.addIssue({ code: "custom", message: "must be the nextCursor of another page" });
      return z.NEVER;
    });
}

/** A cursor of a list of invocations. */
export const Cursor = cursorOf(InvocationId);
