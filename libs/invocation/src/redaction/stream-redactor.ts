import { classAt, classOf, DELIMITER, WORD } from "./characters.ts";
import { PRIVATE_KEY_BEGUN } from "./private-keys.ts";
import { type Redactor, replaced } from "./redactor.ts";
import type { Found } from "./token-shapes.ts";

/** As much of what was passed on is looked at again: the name before a value, the scheme before a credential. */
const CONTEXT_CHARS = 256;
/** More is not held back: a secret that is longer because every character of it is escaped is judged by this much. */
const MOST_HELD_CHARS = 16_384;

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
  /** Whether the context begins within a private key, and with what stands for its beginning. */
  #beginsInKey = false;
  /** The secret that was passed on last, when it was too long to be held as a whole and may go on. */
  #goesOn: "word" | "private key" | undefined;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Takes a piece; returns what may be passed on now, which may be empty. */
  push(piece: string): string {
    this.#held += piece;
    if (this.#goesOn === "word") this.#dropWord();
    return this.#held === "" ? "" : this.#pass(false);
  }

  /** The text is complete, or was cut off: returns the rest. */
  end(): string {
    return this.#pass(true);
  }

  #pass(isComplete: boolean): string {
    const text = this.#context + this.#held;
    const from = this.#context.length;
    const isJudged = isComplete || this.#held.length > MOST_HELD_CHARS;
    const { found, open } = this.#redactor.find(text, {
      isComplete: isJudged,
      isContinued: this.#isContinued,
      beginsInKey: this.#beginsInKey,
    });
    const until = Math.max(from, open);
    if (until === from && !isComplete) return "";
    const secrets = found.filter(({ end }) => end > from);
    const clean = this.#clean(text, { from, until, secrets });
    const last = secrets.at(-1);
    if (!isComplete && last?.end === text.length) this.#goesOn = last.isPrivateKey ? "private key" : "word";
    else this.#goesOn = undefined;
    this.#held = text.slice(until);
    this.#remember(
      text,
      until,
      found.findLast(({ isPrivateKey }) => isPrivateKey),
    );
    return clean;
  }

  /** What is between `from` and `until`, without the secrets. Of one that goes on it was told where it began. */
  #clean(text: string, { from, until, secrets }: Span): string {
    const [first, ...others] = secrets;
    const isRest = this.#goesOn === "private key" && first !== undefined && first.start < from;
    const begin = isRest ? first.end : from;
    const inText = (isRest ? others : secrets).map(({ start, end }) => ({
      start: Math.max(start, begin) - begin,
      end: end - begin,
    }));
    return replaced(text.slice(begin, until), inText);
  }

  /** Keeps the end of what was passed on. The content of a private key is known by how it begins. */
  #remember(text: string, until: number, key?: Found): void {
    const contextFrom = Math.max(0, until - CONTEXT_CHARS);
    if (contextFrom === 0) {
      this.#context = text.slice(0, until);
      return;
    }
    this.#beginsInKey = key !== undefined && key.start < contextFrom && key.end > contextFrom;
    this.#isContinued = !this.#beginsInKey && (classAt(text, contextFrom - 1) & WORD) !== 0;
    this.#context = (this.#beginsInKey ? PRIVATE_KEY_BEGUN : "") + text.slice(contextFrom, until);
  }

  /** Takes the rest of a word out of what is held: a secret reached to the end of what there was. */
  #dropWord(): void {
    const end = endOfWord(this.#held);
    this.#remember(this.#context + this.#held, this.#context.length + end);
    this.#held = this.#held.slice(end);
    if (this.#held !== "") this.#goesOn = undefined;
  }
}

/** A part of a text, and the secrets that reach into it. */
interface Span {
  readonly from: number;
  readonly until: number;
  readonly secrets: readonly Found[];
}

function endOfWord(text: string): number {
  let end = 0;
  while (end < text.length && (classOf(text.charCodeAt(end)) & DELIMITER) === 0) end += 1;
  return end;
}
