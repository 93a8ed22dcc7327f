import { describe, expect, it } from "vitest";
import { decodeText, encodeText } from "./text-encoding.ts";

describe("the form in which a text is kept", () => {
  it.each([0, 1, 16_384, 300_000])("gives %i characters back as they were", async (length) => {
    const text = "ä\u0000{}".repeat(length / 4);
    expect(await decodeText(await encodeText(text))).toBe(text);
  });

  it("takes less room than the text, or one byte more", async () => {
    expect((await encodeText("the same again, ".repeat(100))).length).toBeLessThan(100);
    expect((await encodeText("{}")).length).toBe(3);
  });
});
