import type { SubmissionInput } from "@pifleet/invocation";
import type { Random } from "../../chaos/random.ts";
import type { Arena } from "../arena.ts";

/** What an attack works with. */
export interface Scene {
  readonly arena: Arena;
  readonly random: Random;
}

/** A way to do harm with an ordinary key and without privileges. */
export interface Attack {
  readonly name: string;
  /** Resolves when the attack is over; what the fleet makes of it is looked at from outside. */
  strike(scene: Scene): Promise<void>;
}

/** Limits with which an attack ends by itself. */
export const LIMITS = { firstByteMs: 20_000, idleMs: 20_000, totalMs: 30_000, maxAttempts: 2 };

/** Submits for the evil tenant, waits for the end, and keeps what came out. What is refused was repelled. */
export async function submitted({ arena }: Scene, submission: Omit<SubmissionInput, "model">): Promise<void> {
  const { invocations } = arena.evil;
  try {
    const { id } = await invocations.create({ model: "fake/test", limits: LIMITS, ...submission });
    arena.search(await invocations.wait(id));
  } catch {
    // It is the API's right to refuse it.
  }
}
