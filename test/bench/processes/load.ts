import { now } from "../clock.ts";

/** What a client is to do. */
export interface Load {
  readonly count: number;
  /** How many requests it has under way all the time. */
  readonly atOnce: number;
}

/** Makes so many requests, and resolves to how long that took, milliseconds. */
export async function inFlight({ count, atOnce }: Load, request: (lane: number) => Promise<unknown>): Promise<number> {
  const begin = now();
  let left = count;
  const lane = async (_: unknown, index: number) => {
    while (left > 0) {
      left -= 1;
      await request(index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return now() - begin;
}
