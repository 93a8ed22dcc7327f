import type { Arena } from "../arena.ts";
import type { Random } from "../random.ts";

/** What went wrong when, for the recovery times. */
export interface Killing {
  readonly worker: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** What a fault may use. */
export interface Scene {
  readonly arena: Arena;
  readonly random: Random;
  /** The workers that were killed so far. */
  readonly killings: Killing[];
  /** Submits something that does harm. */
  submit(task: "hungry"): Promise<void>;
}

/** A kind of thing that goes wrong. */
export interface Fault {
  readonly name: string;
  /** How often it is drawn, compared with the others. */
  readonly weight: number;
  /**
   * Lets it happen. Resolves, when all is as before again, to whether it did happen: there may have been nothing that
   * it could happen to.
   */
  strike(scene: Scene): Promise<boolean>;
}
