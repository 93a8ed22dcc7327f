type Pair = readonly [name: string, value: string];
export type HeadersSource = Iterable<Pair> | Readonly<Record<string, string>> | null | undefined;

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2: the characters of a token, of which a header's name is made. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The headers of a model request or its answer, as the Fetch standard has them: names of any case, in order of name. */
export class ModelHeaders implements Iterable<[string, string]> {
  readonly #values = new Map<string, string>();

  /** @throws {TypeError} for a name that no header can have */
  constructor(source?: HeadersSource) {
    const pairs = isIterable(source) ? source : Object.entries(source ?? {});
    for (const [name, value] of pairs) this.append(name, value);
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    if (!TOKEN.test(name)) throw new TypeError(`A header cannot have the name '${name}'`);
    this.#values.set(name.toLowerCase(), String(value).trim());
  }

  forEach(visit: (value: string, name: string, headers: ModelHeaders) => void): void {
    for (const [name, value] of this) visit(value, name, this);
  }

  *entries(): IterableIterator<[string, string]> {
    yield* [...this.#values].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

function isIterable(source: HeadersSource): source is Iterable<Pair> {
  return typeof source === "object" && source !== null && Symbol.iterator in source;
}
