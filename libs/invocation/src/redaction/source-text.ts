import { classOf } from "./characters.ts";

/** How many runs are remembered: the parts of one token, and the value in which it stands. */
const REMEMBERED = 4;

interface Run {
  readonly classes: number;
  readonly from: number;
  readonly end: number;
}

/** Describes a piece of a longer text. */
export interface Piece {
  /** Whether nothing follows. */
  readonly isComplete: boolean;
  /** Whether it begins within a word. */
  readonly isContinued?: boolean;
  /** Whether it begins with a private key of which the beginning was found before. */
  readonly beginsInKey?: boolean;
}

/**
 * A text that is looked through from its beginning to its end. Runs of characters that were measured are remembered, so
 * that many candidates in one long word cost no more than one.
 */
export class SourceText {
  readonly text: string;
  /** Whether nothing follows. */
  readonly isComplete: boolean;
  /** Whether it begins within a word. */
  readonly isContinued: boolean;
  /** Whether it begins with a private key of which the beginning was found before. */
  readonly beginsInKey: boolean;
  readonly #runs: Run[] = [];
  readonly #ends = new Map<string, Run>();

  constructor(text: string, { isComplete, isContinued = false, beginsInKey = false }: Piece) {
    this.text = text;
    this.beginsInKey = beginsInKey;
    this.isComplete = isComplete;
    this.isContinued = isContinued;
  }

  /** Where the run of characters of these classes ends that goes on at `from`. */
  runEnd(from: number, classes: number): number {
    const known = this.#runs.find((run) => run.classes === classes && run.from <= from && from <= run.end);
    if (known) return known.end;
    let end = from;
    while (end < this.text.length && (classOf(this.text.charCodeAt(end)) & classes) !== 0) end += 1;
    return this.#remember({ classes, from, end });
  }

  /** Where the run of characters of none of these classes ends that goes on at `from`. */
  runEndWithout(from: number, classes: number): number {
    const known = this.#runs.find((run) => run.classes === ~classes && run.from <= from && from <= run.end);
    if (known) return known.end;
    let end = from;
    while (end < this.text.length && (classOf(this.text.charCodeAt(end)) & classes) === 0) end += 1;
    return this.#remember({ classes: ~classes, from, end });
  }

  /** The first place from `from` on with this character; the text's length when there is none. */
  indexOf(character: string, from: number): number {
    const known = this.#ends.get(character);
    if (known && known.from <= from && from <= known.end) return known.end;
    const found = this.text.indexOf(character, from);
    const end = found === -1 ? this.text.length : found;
    this.#ends.set(character, { classes: 0, from, end });
    return end;
  }

  #remember(run: Run): number {
    if (this.#runs.length === REMEMBERED) this.#runs.shift();
    this.#runs.push(run);
    return run.end;
  }
}
