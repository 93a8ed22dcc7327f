import { createHash } from "node:crypto";
import type { StoredDelivery } from "@pifleet/invocation";

/** Crockford's, as in all other ids. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHARACTERS = 26;

/**
 * The id of a message follows from its invocation, the event and the webhook. Should Redis forget that the message was
 * sent, because it failed over to a replica that lacked the last moment, then the message is sent again under the same
 * id, and its receiver knows that it has it.
 */
export function messageIdOf({
  invocation,
  type,
  webhook,
}: Pick<StoredDelivery, "invocation" | "type" | "webhook">): string {
  const digest = createHash("sha256")
    .update(`${invocation} ${type} ${webhook ?? "own"}`)
    .digest();
  // Five bits of each byte.
  const characters = Array.from(digest.subarray(0, CHARACTERS), (byte) => ALPHABET.charAt(byte & 31));
  return `msg_${characters.join("")}`;
}
