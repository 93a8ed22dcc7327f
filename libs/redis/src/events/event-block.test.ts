import { describe, expect, it } from "vitest";
import { decodeBlock, encodeBlocks, type LoggedJson } from "./event-block.ts";

function events(count: number, chars: number): LoggedJson[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `1760000000000-${i}`,
    json: JSON.stringify({ text: `${i} ä\n `.padEnd(chars, "so it is ") }),
  }));
}

describe("the blocks of a log", () => {
  it.each([
    [1, 10, 1],
    [50, 100, 1],
    [1_000, 655, 11],
    [3, 100_000, 3],
  ])("give %i events of %i characters back as they were, from %i blocks", async (count, chars, blocks) => {
    const given = events(count, chars);
    const encoded = await encodeBlocks(given);
    expect(encoded).toHaveLength(blocks);
    expect((await Promise.all(encoded.map(decodeBlock))).flat()).toEqual(given);
  });

  it("begin with the id of the last event and the number of events, for the scripts", async () => {
    const [block] = await encodeBlocks(events(2, 10));
    expect(block?.toString().split("\n")[0]).toBe("1760000000000-1 2");
  });
});
