import type { Found } from "./token-shapes.ts";

interface State {
  readonly next: Map<number, State>;
  /** How many characters have led here. */
  readonly depth: number;
  /** Where to go on when no next state fits: the longest end of what was read that is a beginning of another secret. */
  otherwise: State | undefined;
  /** The length of the longest secret that ends here; 0 when none does. */
  ends: number;
}

/**
 * Finds given texts, all of them in one pass over a text (Aho and Corasick, "Efficient string matching", 1975). The
 * time does not depend on how many there are.
 */
export class KnownSecrets {
  readonly #root = state(0);
  /** The first two characters of all, so that most of a text is passed over quickly. */
  readonly #pairs = new Uint8Array(128 * 128);

  constructor(secrets: Iterable<string>) {
    const all = [...new Set(secrets)].filter((secret) => secret !== "");
    for (const secret of all) this.#add(secret);
    this.#connect();
  }

  /**
   * The places of the known secrets in a text.
   * @returns also how many of the last characters are the beginning of one
   */
  search(text: string): { found: Found[]; begun: number } {
    const found: Found[] = [];
    const root = this.#root;
    const pairs = this.#pairs;
    if (root.next.size === 0) return { found, begun: 0 };
    const last = text.length - 1;
    let at = root;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (at === root && code < 128 && i < last && pairs[(code << 7) | (text.charCodeAt(i + 1) & 127)] === 0) continue;
      at = at.next.get(code) ?? this.#step(at, code);
      if (at.ends > 0) found.push({ start: i + 1 - at.ends, end: i + 1 });
    }
    return { found, begun: at.depth };
  }

  #step(from: State, code: number): State {
    let at: State | undefined = from;
    while (at && !at.next.has(code)) at = at.otherwise;
    return at?.next.get(code) ?? this.#root;
  }

  #add(secret: string): void {
    let at = this.#root;
    const [first, second] = [secret.charCodeAt(0), secret.charCodeAt(1)];
    if (first < 128) this.#pairs[(first << 7) | (second & 127)] = 1;
    for (let i = 0; i < secret.length; i += 1) {
      const code = secret.charCodeAt(i);
      const next = at.next.get(code) ?? state(at.depth + 1);
      at.next.set(code, next);
      at = next;
    }
    at.ends = secret.length;
  }

  /** Breadth first, so that the shorter ones are connected before. */
  #connect(): void {
    const queue = [this.#root];
    for (let from = queue.shift(); from; from = queue.shift()) {
      for (const [code, to] of from.next) {
        to.otherwise = from === this.#root ? this.#root : this.#step(from.otherwise ?? this.#root, code);
        to.ends ||= to.otherwise.ends;
        queue.push(to);
      }
    }
  }
}

function state(depth: number): State {
  return { next: new Map(), depth, otherwise: undefined, ends: 0 };
}
