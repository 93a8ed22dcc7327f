import { CREDENTIAL, classAt, DASH, DIGIT, UPPER, WORD } from "./characters.ts";
import { looksRandom } from "./plausibility.ts";
import type { SourceText } from "./source-text.ts";

/** Longer secrets are cut here, and what follows of them is taken for the rest of the same one. */
const LONGEST_SECRET = 8_192;

/** How a credential begins that says by its first letters who issued it. */
interface Shape {
  readonly prefix: string;
  /** The characters of the rest, and how many it has at least. */
  readonly classes: number;
  readonly least: number;
  /** Whether the rest must look random because words begin like this, too. */
  readonly random?: true;
  /** How many characters of the rest stay, because they name the key. */
  readonly shown?: number;
  /** Whether the rest has exactly `least` characters. */
  readonly exact?: true;
}

const TOKEN = WORD | DASH;

const SHAPES: readonly Shape[] = [
  ...["sk-ant-", "sk-proj-", "sk-or-", "sk-svcacct-", "sk-lf-"].map((prefix) => ({ prefix, classes: TOKEN, least: 8 })),
  { prefix: "sk-", classes: TOKEN, least: 12, random: true },
  ...["sk_live_", "sk_test_", "rk_live_", "rk_test_"].map((prefix) => ({ prefix, classes: WORD, least: 10 })),
  { prefix: "whsec_", classes: CREDENTIAL, least: 12 },
  { prefix: "pf_", classes: TOKEN, least: 20, random: true },
  // An API key of our own: its id stays, and tells which one to revoke.
  { prefix: "pifleet_", classes: TOKEN, least: 39, shown: 27 },
  ...["gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_"].map((prefix) => ({ prefix, classes: WORD, least: 16 })),
  ...["glpat-", "gldt-", "glrt-", "glptt-"].map((prefix) => ({ prefix, classes: TOKEN, least: 16 })),
  ...["xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-"].map((prefix) => ({ prefix, classes: TOKEN, least: 16 })),
  { prefix: "AIza", classes: TOKEN, least: 30 },
  { prefix: "ya29.", classes: TOKEN, least: 20 },
  { prefix: "AKIA", classes: UPPER | DIGIT, least: 16, exact: true },
  { prefix: "ASIA", classes: UPPER | DIGIT, least: 16, exact: true },
  ...["hf_", "gsk_", "r8_", "npm_", "shpat_", "dop_v1_"].map((prefix) => ({
    prefix,
    classes: WORD,
    least: 20,
    random: true as const,
  })),
  ...["xai-", "pypi-", "tvly-", "pplx-"].map((prefix) => ({
    prefix,
    classes: TOKEN,
    least: 20,
    random: true as const,
  })),
];

/** The shapes by the code of their first letter. */
const BY_FIRST: readonly (readonly Shape[] | undefined)[] = byFirst(SHAPES);

function byFirst(shapes: readonly Shape[]): readonly (readonly Shape[])[] {
  const table: Shape[][] = [];
  for (const shape of shapes) {
    const first = shape.prefix.charCodeAt(0);
    const same = table[first] ?? [];
    table[first] = same;
    same.push(shape);
  }
  return table;
}

const E = "e".charCodeAt(0);

/** The first two letters of everything that `tokenAt` knows: most words are told apart by them. */
const PAIRS = new Set([...SHAPES.map(({ prefix }) => prefix), "eyJ"].map((prefix) => pair(prefix, 0)));

/** Whether something that `tokenAt` knows begins with this letter. */
export function beginsToken(code: number): boolean {
  return BY_FIRST[code] !== undefined || code === E;
}

function pair(text: string, at: number): number {
  return (text.charCodeAt(at) << 7) | text.charCodeAt(at + 1);
}

/** A secret in a text. */
export interface Found {
  readonly start: number;
  readonly end: number;
  /** Whether it ends with the content of a private key, which may go on behind spaces. */
  readonly isPrivateKey?: boolean;
}

/**
 * What stands at a place of a text: a secret; nothing; or something that only what follows can decide, when the text
 * is not complete.
 */
export type Verdict = Found | "nothing" | "undecided";

/** Whether a credential with an issuer's prefix, or a JSON Web Token, begins at `at`, where a word begins. */
export function tokenAt(source: SourceText, at: number): Verdict {
  const { text } = source;
  const first = text.charCodeAt(at);
  if (at + 1 < text.length && !PAIRS.has(pair(text, at))) return "nothing";
  for (const shape of BY_FIRST[first] ?? []) {
    const verdict = matchShape(source, at, shape);
    if (verdict !== "nothing") return verdict;
  }
  return first === E ? jsonWebTokenAt(source, at) : "nothing";
}

function matchShape(source: SourceText, at: number, shape: Shape): Verdict {
  const { text } = source;
  const { prefix, classes, least, random, shown = 0, exact } = shape;
  if (!text.startsWith(prefix, at)) return isBegun(source, at, prefix) ? "undecided" : "nothing";
  const from = at + prefix.length;
  const end = source.runEnd(from, classes);
  if (isOpen(source, at, end)) return "undecided";
  if (exact ? end - from !== least || (classAt(text, end) & WORD) !== 0 : end - from < least) return "nothing";
  if (random && !looksRandom(text.slice(from, end))) return "nothing";
  return { start: shown === 0 ? at : from + shown, end };
}

const JSON_OBJECT = "eyJ";
const LEAST_PART = 8;

/** Two JSON objects in base64url and a signature, with dots between them. */
function jsonWebTokenAt(source: SourceText, at: number): Verdict {
  const { text } = source;
  let end = at;
  for (let part = 0; part < 2; part += 1) {
    if (!text.startsWith(JSON_OBJECT, end)) return isBegun(source, end, JSON_OBJECT) ? "undecided" : "nothing";
    const from = end + JSON_OBJECT.length;
    end = source.runEnd(from, TOKEN);
    if (isOpen(source, at, end)) return "undecided";
    if (end - from < LEAST_PART || text[end] !== ".") return "nothing";
    end += 1;
  }
  end = source.runEnd(end, TOKEN);
  return isOpen(source, at, end) ? "undecided" : { start: at, end };
}

/** Whether the text, of which more will come, ends within `prefix`, which begins at `at`. */
function isBegun({ text, isComplete }: SourceText, at: number, prefix: string): boolean {
  return !isComplete && text.length - at < prefix.length && prefix.startsWith(text.slice(at));
}

/** Whether what begins at `from` reaches the end of a text of which more will come, and is not too long to wait. */
export function isOpen({ text, isComplete }: SourceText, from: number, end: number): boolean {
  return !isComplete && end === text.length && end - from < LONGEST_SECRET;
}
