/** Classes of characters, by bits, for code units below 128. All others belong to no class. */
export const WORD = 1;
export const DASH = 2;
/** Letters, digits and the signs of base64, of base64url and of bearer tokens (RFC 6750). */
export const CREDENTIAL = 4;
export const SPACE = 8;
/** Ends a value that stands without quotes. */
export const DELIMITER = 16;
export const DIGIT = 32;
export const UPPER = 64;
export const LOWER = 128;
export const BASE64 = 256;

/** The classes of the code units below 128. */
export const CLASSES = new Uint16Array(128);

function add(characters: string, bits: number): void {
  for (const character of characters) CLASSES[character.charCodeAt(0)] = classOf(character.charCodeAt(0)) | bits;
}

add("ABCDEFGHIJKLMNOPQRSTUVWXYZ", WORD | CREDENTIAL | BASE64 | UPPER);
add("abcdefghijklmnopqrstuvwxyz", WORD | CREDENTIAL | BASE64 | LOWER);
add("0123456789", WORD | CREDENTIAL | BASE64 | DIGIT);
add("_", WORD | CREDENTIAL);
add("-", DASH | CREDENTIAL);
add(".~=", CREDENTIAL);
add("+/", CREDENTIAL | BASE64);
add(" \t\n\r\v\f", SPACE | DELIMITER);
add(",;&\"'`)}]<>|", DELIMITER);

/** The classes of a code unit. */
export function classOf(code: number): number {
  return code < 128 ? (CLASSES[code] as number) : 0;
}

/** The classes of the code unit at `index`; 0 outside of the text. */
export function classAt(text: string, index: number): number {
  return index >= 0 && index < text.length ? classOf(text.charCodeAt(index)) : 0;
}

/** Where the run of characters of these classes that goes on at `from` ends: at most `limit` further. */
export function runEnd(text: string, from: number, classes: number, limit: number): number {
  const last = Math.min(text.length, from + limit);
  let at = from;
  while (at < last && (classOf(text.charCodeAt(at)) & classes) !== 0) at += 1;
  return at;
}

/** Where the text before `from` no longer consists of characters of these classes: at most `limit` back. */
export function runStart(text: string, from: number, classes: number, limit: number): number {
  const first = Math.max(0, from - limit);
  let at = from;
  while (at > first && (classOf(text.charCodeAt(at - 1)) & classes) !== 0) at -= 1;
  return at;
}
