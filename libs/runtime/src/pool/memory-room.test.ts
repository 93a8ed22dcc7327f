import { describe, expect, it } from "vitest";
import { runnersWithRoom } from "./memory-room.ts";

const MB = 1_048_576;

/** How many runners may wait, by megabytes. */
function room(waiting: number, limitMb: number, availableMb: number): number {
  return runnersWithRoom(waiting, { limitBytes: limitMb * MB, availableBytes: availableMb * MB });
}

describe("the number of runners that there is room for", () => {
  it.each([
    ["as many as fit above the reserve", 0, 4_000, 4_000, 37],
    ["none beyond those that wait when the next one would touch the reserve", 2, 4_000, 495, 2],
    ["one less when the reserve is touched", 2, 4_000, 399, 1],
    ["none when little is left", 2, 4_000, 100, 0],
    ["with a reserve of 64 MB at least", 1, 128, 63, 0],
    ["with a reserve of 1 GB at the most", 0, 500_000, 1_024 + 96, 1],
  ])("is %s", (_title, waiting, limitMb, availableMb, expected) => {
    expect(room(waiting, limitMb, availableMb)).toBe(expected);
  });

  it("does not swing: what the end of a runner gives back makes no room for another", () => {
    expect(room(2, 4_000, 390)).toBe(1);
    expect(room(1, 4_000, 390 + 60)).toBe(1);
  });
});
