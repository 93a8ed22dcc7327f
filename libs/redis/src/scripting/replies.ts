/** The reply of a script: how it is read, and what the header says of it. */
export interface Reply<T> {
  readonly about: string;
  /** Whether it holds bytes that need not be text. */
  readonly hasBytes: boolean;
  /** @throws {TypeError} for a reply that is another than was declared */
  readonly parse: (raw: unknown) => T;
}

type Parsed<Items extends readonly Reply<unknown>[]> = {
  [Index in keyof Items]: Items[Index] extends Reply<infer T> ? T : never;
};

/** Whatever the script returns is dropped. */
export const nothing: Reply<void> = { about: "nothing", hasBytes: false, parse: () => undefined };

/** A whole number. */
export function integer(about: string): Reply<number> {
  return {
    about,
    hasBytes: false,
    parse: (raw) => (typeof raw === "number" ? raw : refuse(raw, "an integer")),
  };
}

/** 1 or 0. */
export function yesOrNo(about: string): Reply<boolean> {
  return {
    about: `1 when ${about}, else 0`,
    hasBytes: false,
    parse: (raw) => (raw === 1 || raw === 0 ? raw === 1 : refuse(raw, "1 or 0")),
  };
}

/** One of these words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Reply<Word> {
  return {
    about: words.join(" | "),
    hasBytes: false,
    parse: (raw) => words.find((word) => word === String(raw)) ?? refuse(raw, words.join(" or ")),
  };
}

/** A text; `T` names a text that the scripts alone have written, such as an id. */
export function textOf<T extends string = string>(about: string): Reply<T> {
  return {
    about,
    hasBytes: false,
    parse: (raw) => {
      if (typeof raw === "string") return raw as T;
      return Buffer.isBuffer(raw) ? (raw.toString() as T) : refuse(raw, "a text");
    },
  };
}

/** Bytes as they are kept. */
export function bytes(about: string): Reply<Buffer> {
  return { about, hasBytes: true, parse: (raw) => (Buffer.isBuffer(raw) ? raw : refuse(raw, "bytes")) };
}

/** A list of any length. */
export function listOf<T>(item: Reply<T>, about = `list of ${item.about}`): Reply<T[]> {
  const { hasBytes, parse } = item;
  return { about, hasBytes, parse: (raw) => (Array.isArray(raw) ? raw.map(parse) : refuse(raw, "a list")) };
}

/** A list of exactly these. */
export function tuple<const Items extends readonly Reply<unknown>[]>(...items: Items): Reply<Parsed<Items>> {
  return {
    about: `{ ${items.map(({ about }) => about).join(", ")} }`,
    hasBytes: items.some(({ hasBytes }) => hasBytes),
    parse: (raw) => {
      if (!Array.isArray(raw) || raw.length !== items.length) return refuse(raw, `a list of ${items.length}`);
      return items.map(({ parse }, i) => parse(raw[i])) as Parsed<Items>;
    },
  };
}

/** Or nil. */
export function orNull<T>({ about, hasBytes, parse }: Reply<T>): Reply<T | null> {
  return { about: `${about}; or nil`, hasBytes, parse: (raw) => (raw === null ? null : parse(raw)) };
}

function refuse(raw: unknown, expected: string): never {
  const kind = Array.isArray(raw) ? `a list of ${raw.length}` : raw === null ? "nil" : typeof raw;
  throw new TypeError(`${kind} instead of ${expected}`);
}
