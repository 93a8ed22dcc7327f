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

/** No id of an earlier time (Unix milliseconds) is greater, and none of this time or a later one is less. */
export function firstInvocationId(ms: number): string {
  return `inv_${ulidTime(Math.max(0, ms))}`;
}

/** A ULID: ten characters of time (Unix milliseconds), then sixteen random ones, in Crockford base 32. */
export function newUlid(nowMs: number = Date.now()): string {
  return `${ulidTime(nowMs)}${encodeRandom()}`;
}

/** What every ULID of this time (Unix milliseconds) begins with. All later ones sort behind it, all earlier ones before. */
export function ulidTime(ms: number): string {
  return encode(Math.floor(ms), TIME_CHARS);
}

/**
 * 80 bits of a UUID, of which Node draws the random numbers ahead: asked for bytes, it takes six times as long. The
 * digits left out are those that hold its version and variant.
 */
function encodeRandom(): string {
  const uuid = crypto.randomUUID();
  const halves = [uuid.slice(0, 8) + uuid.slice(24, 26), uuid.slice(26)];
  return halves.map((digits) => encode(Number.parseInt(digits, 16), RANDOM_CHARS / 2)).join("");
}

/** A whole number, less than 2^53, as so many characters. */
function encode(value: number, length: number): string {
  let rest = value;
  let chars = "";
  for (let i = 0; i < length; i += 1) {
    chars = ALPHABET.charAt(rest % 32) + chars;
    rest = Math.floor(rest / 32);
  }
  return chars;
}
