/** A moment: a `Date`, or a text of RFC 3339. */
export type MomentInput = Date | string;

/** The text of a moment, if there is one. @throws {RangeError} when a date is not valid */
export function momentText<T extends MomentInput | undefined>(moment: T): string | Extract<T, undefined> {
  return (moment instanceof Date ? moment.toISOString() : moment) as string | Extract<T, undefined>;
}
