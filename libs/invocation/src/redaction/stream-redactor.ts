import { classAt, classOf, DELIMITER, WORD } from "./characters.ts";
import { endOfContent, PRIVATE_KEY_END } from "./private-keys.ts";
import { type Redactor, replaced } from "./redactor.ts";

/** As much of what was passed on is looked at again: the name before a value, the scheme before a credential. */
const CONTEXT_CHARS = 256;
/** More is not held back: a secret that is longer because every character of it is escaped is judged by this much. */
const MOST_HELD_CHARS = 16_384;

/** The rest of a secret that is too long to be held back as a whole. */
type Rest = "word" | "private key";

/**
 * Redacts a text that arrives in pieces, also a secret that several pieces share. What may be the beginning of a secret
 * is held back until what follows shows what it is, which takes a few thousand characters at most; everything else is
 * passed on at once.
 */
export class StreamRedactor {
  readonly #redactor: Redactor;
  /** The last characters that were passed on, as they arrived. */
  #context = "";
  #held = "";
  /** Whether the context begins within a word. */
  #isContinued = false;
  #rest: Rest | undefined;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Takes a piece; returns what may be passed on now, which may be empty. */
  push(piece: string): string {
    this.#held += piece;
    if (this.#rest) this.#held = this.#withoutRest(this.#rest);
    return this.#held === "" || this.#rest ? "" : this.#pass(false);
  }

  /** The text is complete, or was cut off: returns the rest. */
  end(): string {
    return this.#rest ? "" : this.#pass(true);
  }

  #pass(isComplete: boolean): string {
    const text = this.#context + this.#held;
    const from = this.#context.length;
    const isJudged = isComplete || this.#held.length > MOST_HELD_CHARS;
    const { found, open } = this.#redactor.find(text, { isComplete: isJudged, isContinued: this.#isContinued });
    const until = Math.max(from, open);
    const secrets = found.filter(({ end }) => end > from);
    const inHeld = secrets.map(({ start, end }) => ({ start: Math.max(start, from) - from, end: end - from }));
    const clean = replaced(text.slice(from, until), inHeld);
    const last = secrets.at(-1);
    if (!isComplete && last && last.end === text.length) this.#rest = restOf(text, last.start);
    // A secret can hold the name of the value behind it. What follows one that goes on is not next to what was before.
    const contextFrom = Math.max(0, until - CONTEXT_CHARS, this.#rest && last ? last.end : 0);
    if (contextFrom > 0) this.#isContinued = (classAt(text, contextFrom - 1) & WORD) !== 0;
    this.#context = text.slice(contextFrom, until);
    this.#held = text.slice(until);
    return clean;
  }

  /** What is held, without what still belongs to the secret; as much as must be seen again while that goes on. */
  #withoutRest(rest: Rest): string {
    const end = rest === "word" ? endOfWord(this.#held) : endOfContent(this.#held, 0);
    if (end === this.#held.length) return rest === "word" ? "" : this.#held.slice(1 - PRIVATE_KEY_END.length);
    this.#rest = undefined;
    return this.#held.slice(end);
  }
}

/** What goes on: behind the first line of a private key stands its content, and behind everything else a word. */
function restOf(text: string, start: number): Rest {
  return text.slice(0, start).endsWith("KEY-----") ? "private key" : "word";
}

function endOfWord(text: string): number {
  let end = 0;
  while (end < text.length && (classOf(text.charCodeAt(end)) & DELIMITER) === 0) end += 1;
  return end;
}
