import { type ChannelListener, subscribe, unsubscribe } from "node:diagnostics_channel";

/** What is known of the HTTP answer to a model request, whatever Pi makes of it. */
export interface HttpAnswer {
  readonly status: number;
  /** What `Retry-After` asked for, milliseconds. */
  readonly retryAfterMs?: number;
}

const HEADERS = "undici:request:headers";
const BODY = "undici:request:bodyChunkReceived";
const FIRST_REFUSAL = 400;

/**
 * Listens to the answers of Node's own fetch, which all of Pi's providers but Bedrock use: Pi hides the status and the
 * headers of a refused request. One model request is under way at a time, so whatever arrives belongs to it.
 */
export class HttpExchange {
  answer: HttpAnswer | undefined;
  readonly #onFirstByte: () => void;
  readonly #onHeaders: ChannelListener = (message) => {
    this.answer = answerOf(message);
  };
  readonly #onBody: ChannelListener = () => {
    unsubscribe(BODY, this.#onBody);
    if ((this.answer?.status ?? 0) < FIRST_REFUSAL) this.#onFirstByte();
  };

  /** @param onFirstByte called once, with the first byte of what the model answers; a refusal is no answer */
  constructor(onFirstByte: () => void) {
    this.#onFirstByte = onFirstByte;
    subscribe(HEADERS, this.#onHeaders);
    subscribe(BODY, this.#onBody);
  }

  /** Stops listening. Safe to call twice. */
  close(): void {
    unsubscribe(HEADERS, this.#onHeaders);
    unsubscribe(BODY, this.#onBody);
  }
}

function answerOf(message: unknown): HttpAnswer | undefined {
  const { response } = message as { response?: { statusCode?: unknown; headers?: unknown } };
  if (typeof response?.statusCode !== "number") return undefined;
  const headers = headersOf(response.headers);
  return { status: response.statusCode, ...retryAfter(headers) };
}

/** The raw headers: names and values in turn. */
function headersOf(raw: unknown): Map<string, string> {
  const list = Array.isArray(raw) ? raw : [];
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < list.length; i += 2) headers.set(String(list[i]).toLowerCase(), String(list[i + 1]));
  return headers;
}

function retryAfter(headers: Map<string, string>): { retryAfterMs?: number } {
  const exact = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (exact >= 0) return { retryAfterMs: exact };
  const value = headers.get("retry-after");
  if (value === undefined) return {};
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}
