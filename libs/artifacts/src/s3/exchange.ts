import { request as askPlain, type IncomingMessage } from "node:http";
import { request as askSecure } from "node:https";

export interface ExchangeOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Breaks the connection off, also while the answer is read. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request over Node's own HTTP: of a large body `fetch` makes copies, which pile up before they are collected.
 * @returns the answer, once its head is there
 */
export function exchange(url: URL, { body, ...options }: ExchangeOptions): Promise<IncomingMessage> {
  const ask = url.protocol === "https:" ? askSecure : askPlain;
  return new Promise((resolve, reject) => {
    ask(url, options).on("response", resolve).on("error", reject).end(body);
  });
}
