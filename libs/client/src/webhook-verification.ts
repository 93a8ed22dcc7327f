import type { TerminalStatus } from "@pifleet/invocation";
import { WebhookVerificationError } from "./errors.ts";
import type { EndedInvocation } from "./received.ts";

/** How old a message may be, and how far ahead the sender's clock; seconds. */
const TOLERANCE_SECONDS = 300;
const SECRET = /^whsec_(?<base64>[A-Za-z\d+/]+)={0,2}$/;
/** In Web Crypto's types of Node it has no name of its own. */
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

interface EventOf<Ending extends TerminalStatus> {
  /** The same over all tries and redeliveries: who keeps the ids that it has seen takes no event twice. */
  readonly id: string;
  readonly type: `invocation.${Ending}`;
  /** When it happened. */
  readonly timestamp: string;
  /** The record; `cut` names the fields of which the message does not bring everything, when there are any. */
  readonly data: Extract<EndedInvocation, { readonly status: Ending }> & {
    readonly cut?: readonly (keyof EndedInvocation)[];
  };
}

/** The payload of a webhook message, narrowed by its `type`. */
export type WebhookEvent = { [Ending in TerminalStatus]: EventOf<Ending> }[TerminalStatus];

/** The headers of a request, as the Web's `Request` or Node's `IncomingMessage` has them. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Checks that a message comes from who knows the secret, and is new (Standard Webhooks 1.0). Works in Node and in
 * browsers.
 * @param payload the body as it came, not parsed: every byte of it counts
 * @param secret the webhook's secret (`whsec_…`), or several, while it is rotated: one that fits is enough
 * @throws {WebhookVerificationError} when the message must not be trusted
 * @throws {TypeError} when a secret is none; the message does not repeat it
 */
export async function verifyWebhook(
  payload: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
): Promise<WebhookEvent> {
  const keys = await importKeys([secret].flat());
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signatures = headerOf(headers, "webhook-signature").split(" ").flatMap(signatureBytes);
  requireRecent(timestamp, Date.now());
  const body = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const content = joined(new TextEncoder().encode(`${id}.${timestamp}.`), body);
  if (!(await isSigned(content, signatures, keys)))
    throw new WebhookVerificationError("wrong_signature", "no signature fits the message and the secret");
  return parseBody(body, id);
}

function importKeys(secrets: readonly string[]): Promise<Key[]> {
  if (secrets.length === 0) throw new TypeError("a message is checked with one secret at least");
  return Promise.all(secrets.map(importKey));
}

function importKey(secret: string): Promise<Key> {
  const bytes = fromBase64(SECRET.exec(secret)?.groups?.base64 ?? "");
  if (!bytes?.length) throw new TypeError("the secret of a webhook must be whsec_ and base64");
  return crypto.subtle.importKey("raw", bytes, HMAC, false, ["verify"]);
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : plainHeader(headers, name);
  if (value) return value;
  throw new WebhookVerificationError("missing_header", `the header ${name} is missing`);
}

/** Servers hand headers on in lower case, or as they came. */
function plainHeader(headers: Exclude<WebhookHeaders, Headers>, name: string): string | undefined {
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === "string" ? value : value?.join(" ");
}

/** Signatures of other versions are for other receivers. */
function signatureBytes(signature: string): Uint8Array<ArrayBuffer>[] {
  const bytes = signature.startsWith("v1,") ? fromBase64(signature.slice("v1,".length)) : undefined;
  return bytes ? [bytes] : [];
}

function requireRecent(timestamp: string, nowMs: number): void {
  if (!/^\d{1,12}$/.test(timestamp))
    throw new WebhookVerificationError("malformed_timestamp", "the header webhook-timestamp is no Unix time");
  const age = Math.floor(nowMs / 1_000) - Number(timestamp);
  if (age > TOLERANCE_SECONDS) throw new WebhookVerificationError("too_old", `the message is ${age} s old`);
  if (age < -TOLERANCE_SECONDS)
    throw new WebhookVerificationError("too_new", `the message is ${-age} s ahead of this clock`);
}

/** Web Crypto compares in constant time. */
async function isSigned(
  content: Uint8Array<ArrayBuffer>,
  signatures: readonly Uint8Array<ArrayBuffer>[],
  keys: readonly Key[],
): Promise<boolean> {
  for (const signature of signatures)
    for (const key of keys) if (await crypto.subtle.verify(HMAC, key, signature, content)) return true;
  return false;
}

function parseBody(body: Uint8Array, id: string): WebhookEvent {
  try {
    const { type, timestamp, data } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (typeof type === "string" && typeof timestamp === "string" && typeof data === "object" && data !== null)
      return { id, type, timestamp, data } as WebhookEvent;
  } catch (cause) {
    throw new WebhookVerificationError("malformed_body", "the body is not JSON", { cause });
  }
  throw new WebhookVerificationError("malformed_body", "the body is not the event of a webhook");
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** `undefined` for what is not base64. Without its padding, which not everybody writes, it is base64, too. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const [unpadded = ""] = text.split("=", 1);
    return Uint8Array.from(atob(unpadded), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
