import { newInvocationId } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { Cursor, encodeCursor } from "./cursor.ts";

describe("a cursor", () => {
  it("leads back to the id that it was made from, and does not show it", () => {
    const id = newInvocationId();
    expect(Cursor.parse(encodeCursor(id))).toBe(id);
    expect(encodeCursor(id)).not.toContain("inv_");
    expect(encodeURIComponent(encodeCursor(id))).toBe(encodeCursor(id));
  });

  it.each(["", "hello", newInvocationId(), `${encodeCursor(newInvocationId())}=`, "%00"])(
    "is refused when it is %j",
    (cursor) => {
      expect(Cursor.safeParse(cursor).success).toBe(false);
    },
  );
});
