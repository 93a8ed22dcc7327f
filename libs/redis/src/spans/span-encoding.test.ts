import type { Span } from "@pifleet/invocation";
import { sampleSpan } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { decodeSpans, encodeSpans } from "./span-encoding.ts";

const span: Span = sampleSpan(1, "chat ä");

describe("the form in which spans are kept", () => {
  it.each([1, 2, 500])("gives %i spans back as they were", async (count) => {
    const spans = Array.from({ length: count }, (_, i) => ({ ...span, name: `turn ${i}` }));
    expect(await decodeSpans(await encodeSpans(spans))).toEqual(spans);
  });

  it("takes less room than JSON", async () => {
    const spans = Array.from({ length: 10 }, () => span);
    expect((await encodeSpans(spans)).length).toBeLessThan(JSON.stringify(spans).length / 5);
  });

  it("is plain where that is shorter", async () => {
    const spans = [{}] as Span[];
    const element = await encodeSpans(spans);
    expect(element.toString()).toBe("j[{}]");
    expect(await decodeSpans(element)).toEqual(spans);
  });

  it("is nothing for no spans", async () => {
    expect(await encodeSpans([])).toHaveLength(0);
  });

  it.each(["{}", "[]", ""])("is refused when it is another one: '%s'", async (other) => {
    await expect(decodeSpans(Buffer.from(other))).rejects.toThrow(/a form that this version does not know: 0x/);
  });
});
