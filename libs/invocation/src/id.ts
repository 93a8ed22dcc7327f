import * as z from "zod";

/** Crockford base 32: no I, L, O, U, so that an id read aloud is not misheard. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

/**
 * The id of an invocation: `inv_` and a ULID (https://github.com/ulid/spec). The first ten characters of the
 * ULID are the time in milliseconds, so ids sort by the time of submission.
 */
export const InvocationId = z
  .string()
  .regex(/^inv_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, "must be an invocation id: inv_ and a ULID")
  .brand("InvocationId");
export type InvocationId = z.infer<typeof InvocationId>;

/**
 * Makes a new id for an invocation that is submitted at `nowMs` (Unix time, milliseconds).
 * 80 bits of randomness make two ids of one millisecond differ.
 */
export function newInvocationId(nowMs: number = Date.now()): InvocationId {
  return `inv_${newUlid(nowMs)}` as InvocationId;
}

/** A ULID: ten characters of time (Unix milliseconds), then sixteen random ones, in Crockford base 32. */
export function newUlid(nowMs: number = Date.now()): string {
  return `${ulidTime(nowMs)}${encodeRandom()}`;
}

/** What every ULID of this time (Unix milliseconds) begins with. All later ones sort behind it, all earlier ones before. */
export function ulidTime(ms: number): string {
  let rest = Math.floor(ms);
  let chars = "";
  for (let i = 0; i < TIME_CHARS; i += 1) {
    chars = ALPHABET.charAt(rest % 32) + chars;
    rest = Math.floor(rest / 32);
  }
  return chars;
}

function encodeRandom(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_CHARS));
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte & 31)).join("");
}
