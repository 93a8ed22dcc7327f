/** One argument of a script: how a value of it is sent, and how the prologue names it in Lua. */
export interface Parameter<T> {
  /** For the header of the script. */
  readonly about: string;
  /** @throws {TypeError} for a value that is none of this parameter */
  readonly encode: (value: T) => string | number | Buffer;
  /** Lua for the local that stands for it. `argument` is Lua for the text that was sent. */
  readonly inLua: (argument: string) => string;
}

// biome-ignore lint/suspicious/noExplicitAny: a parameter takes its own type, which a record of them cannot name
export type Parameters = Readonly<Record<string, Parameter<any>>>;
/** The values of declared arguments. */
export type Values<A extends Parameters> = {
  readonly [Name in keyof A]: A[Name] extends Parameter<infer T> ? T : never;
};

const asSent = (argument: string) => argument;

/** A text. Half a surrogate pair would reach Redis as another text. */
export function text(about: string): Parameter<string> {
  return { about, encode: wellFormed, inLua: asSent };
}

/** A text that was encoded for Redis already. */
export function encoded(about: string): Parameter<string | Buffer> {
  return { about, encode: (value) => (typeof value === "string" ? wellFormed(value) : value), inLua: asSent };
}

/** A value as JSON; a text in Lua. */
export function json(about: string): Parameter<unknown> {
  return { about, encode: (value) => wellFormed(JSON.stringify(value)), inLua: asSent };
}

/** A number that Lua calculates with. */
export function number(about: string): Parameter<number> {
  return { about, encode: finite, inLua: (argument) => `tonumber(${argument})` };
}

/** A number that Lua hands on, or compares with what Redis keeps, as a text. */
export function numeral(about: string): Parameter<number> {
  return { about, encode: finite, inLua: asSent };
}

/** A boolean, also in Lua. */
export function flag(about: string): Parameter<boolean> {
  return { about, encode: (value) => (value ? 1 : 0), inLua: (argument) => `${argument} == "1"` };
}

/** A number that may be missing: `nil` in Lua. */
export function optionalNumber(about: string): Parameter<number | null> {
  return {
    about: `${about}; or none`,
    encode: (value) => (value === null ? "" : finite(value)),
    inLua: (argument) => `tonumber(${argument})`,
  };
}

/** @throws {TypeError} */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is not a finite number`);
  return value;
}

/** @throws {TypeError} */
export function wellFormed(value: string): string {
  if (typeof value !== "string") throw new TypeError(`a value of type ${typeof value} is not a text`);
  if (!value.isWellFormed()) throw new TypeError("a text has half a surrogate pair");
  return value;
}
