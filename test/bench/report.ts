import type { ContestantName } from "./contestants/contestant.ts";
import type { Stage } from "./stage.ts";

export type Unit = "ms" | "MB" | "bytes" | "runs/s" | "/s" | "events" | "commands" | "%" | "×";

/** A figure, measured several times. */
export interface Figure {
  readonly name: string;
  /** Whom it is of, where others are measured beside our fleet. */
  readonly by?: ContestantName;
  readonly unit: Unit;
  readonly values: readonly number[];
}

/**
 * A figure of two things that were measured in turns, one value of each a round. `again` is a second copy of the same
 * as `on`: how far these two are apart is what the measurement cannot tell from nothing.
 */
export interface Comparison {
  readonly name: string;
  readonly unit: Unit;
  readonly off: readonly number[];
  readonly on: readonly number[];
  readonly again: readonly number[];
}

/** What one measurement found. */
export interface Report {
  readonly title: string;
  /** How it was measured. */
  readonly method: string;
  readonly figures: readonly Figure[];
  readonly comparisons: readonly Comparison[];
}

/** What a measurement works with. */
export interface Setting {
  readonly stage: Stage;
  readonly rounds: number;
  /** Whether to leave out what takes long, where the rest tells something without it. */
  readonly quick: boolean;
  /** Tells how far it has come. */
  readonly say: (line: string) => void;
}

export type Measure = (setting: Setting) => Promise<Report>;
