import type { IncomingMessage } from "node:http";
import { addAbortSignal } from "node:stream";
import { REDACTED, Redactor, StreamRedactor } from "@pifleet/invocation";

/** As much of an answer as is kept. */
const KEPT_BYTES = 1_024;
/** The status has said what counts: the words behind it are not waited for any longer. */
const MAX_BODY_MS = 1_000;
/** Secrets that the receiver may have put into its URL are no shorter than this. */
const MIN_QUERY_SECRET = 4;
/** Control characters, except line ends and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** The beginning of an answer, as far as it came; breaks the connection off then. Never rejects. */
export async function beginningOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of addAbortSignal(AbortSignal.timeout(MAX_BODY_MS), response)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > KEPT_BYTES) break;
    }
  } catch {
    // It took too long or broke off: what came is what there is.
  } finally {
    response.destroy();
  }
  return Buffer.concat(chunks);
}

/**
 * The first KiB of an answer as text, whatever bytes it was. The secrets of the message are taken out, also one that
 * is cut off at the end, and what was in the query of its URL.
 */
export function answerText(bytes: Uint8Array, url: URL, secrets: readonly string[]): string {
  const isCut = bytes.length > KEPT_BYTES;
  // A character that is cut off at the end is left out.
  const decoded = new TextDecoder().decode(bytes.subarray(0, KEPT_BYTES), { stream: isCut });
  const text = decoded.replaceAll(CONTROL_CHARACTERS, "\ufffd");
  const redactor = new Redactor(secrets.flatMap((secret) => [secret, secret.replace(/^whsec_/, "")]));
  const clean = isCut ? new StreamRedactor(redactor).push(text) : redactor.text(text);
  return inQuery(url).reduce((rest, secret) => rest.replaceAll(secret, REDACTED), clean);
}

function inQuery({ search, searchParams }: URL): string[] {
  const found = [search.slice(1), ...searchParams.values()];
  return found.filter((value) => value.length >= MIN_QUERY_SECRET).sort((a, b) => b.length - a.length);
}
