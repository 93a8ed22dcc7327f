/** A stretch of time, Unix milliseconds. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/** What is this much longer than all that happened is not drawn to scale. */
const LONG = 0.25;
const MOST_WAIT_COLUMNS = 3;

interface Piece extends Stretch {
  /** Where it begins, and how wide it is; columns, with fractions. */
  readonly from: number;
  readonly columns: number;
}

/**
 * Lays stretches of time out in a row of columns, to scale. A long time in which nothing happened takes a few columns
 * only, whatever its length, so that an hour in the queue does not press what came after it into one.
 */
export class Timeline {
  /** The long times in which nothing happened, in order. */
  readonly waits: readonly Stretch[];
  readonly #pieces: readonly Piece[];

  /** @param stretches when something happened; at least one */
  constructor(stretches: readonly Stretch[], columns: number) {
    const busy = merged(stretches, 0);
    this.waits = gapsOf(merged(stretches, LONG * sum(busy)));
    this.#pieces = layOut(merged(stretches, LONG * sum(busy)), this.waits, columns);
  }

  /** Where a moment lies, in columns from the left, with fractions. */
  column(ms: number): number {
    const piece = this.#pieces.findLast(({ startMs }) => startMs <= ms) ?? this.#pieces[0];
    if (!piece) return 0;
    const length = piece.endMs - piece.startMs;
    const part = length === 0 ? 0 : Math.min(1, Math.max(0, (ms - piece.startMs) / length));
    return piece.from + part * piece.columns;
  }
}

/** The stretches in order; those that overlap, or have no more than `gapMs` between them, are one. */
function merged(stretches: readonly Stretch[], gapMs: number): Stretch[] {
  const all: Stretch[] = [];
  for (const stretch of stretches.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = all.at(-1);
    if (!last || stretch.startMs - last.endMs > gapMs) all.push(stretch);
    else all[all.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, stretch.endMs) };
  }
  return all;
}

function gapsOf(stretches: readonly Stretch[]): Stretch[] {
  return stretches.slice(1).map(({ startMs }, i) => ({ startMs: stretches[i]?.endMs ?? startMs, endMs: startMs }));
}

/** Also what takes no time gets a column of its own, as far as there are enough. */
function layOut(busy: readonly Stretch[], waits: readonly Stretch[], columns: number): Piece[] {
  const waitColumns = waits.length === 0 ? 0 : Math.min(MOST_WAIT_COLUMNS, Math.floor(columns / 2 / waits.length));
  const forBusy = columns - waitColumns * waits.length;
  const least = Math.min(1, forBusy / busy.length);
  const perMs = sum(busy) === 0 ? 0 : (forBusy - least * busy.length) / sum(busy);
  let from = 0;
  return busy.flatMap((stretch, i) => {
    const wait = waits[i];
    const piece = { ...stretch, from, columns: least + (stretch.endMs - stretch.startMs) * perMs };
    from += piece.columns;
    if (!wait) return [piece];
    const gap = { ...wait, from, columns: waitColumns };
    from += waitColumns;
    return [piece, gap];
  });
}

function sum(stretches: readonly Stretch[]): number {
  return stretches.reduce((total, { startMs, endMs }) => total + endMs - startMs, 0);
}
