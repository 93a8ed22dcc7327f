import { type ChannelListener, subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  BODY_CHANNEL,
  FAULT_CHANNEL,
  type FaultMessage,
  HEADERS_CHANNEL,
  type HeadersMessage,
} from "../http/model-fetch.ts";
import type { ModelHeaders } from "../http/model-headers.ts";
import { type NetworkFault, networkFault } from "./network-fault.ts";
import { type ReportedError, reportedError } from "./reported-error.ts";
import { SeenBody } from "./seen-body.ts";
import { type StrangeAnswer, strangeAnswer } from "./strange-answer.ts";

/** What is known of the HTTP answer to a model request, whatever Pi makes of it. */
export interface HttpAnswer {
  /** Absent when no answer came. */
  readonly status?: number;
  /** What `Retry-After` asked for, milliseconds. */
  readonly retryAfterMs?: number;
  /** Why the answer did not come, or not whole. */
  readonly fault?: NetworkFault;
  /** The error that its body reports. */
  readonly reported?: ReportedError;
  /** What came with a good status in place of a stream. */
  readonly strange?: StrangeAnswer;
}

const FIRST_REFUSAL = 400;
/** No provider is waited for longer than this, whatever it asks for: a year, milliseconds. */
const LONGEST_WAIT_MS = 31_536_000_000;

/**
 * Listens to the answers that `modelFetch` gets, which all of Pi's providers but Bedrock use: Pi hides the status and
 * the headers of a refused request. One model request is under way at a time, so whatever arrives belongs to it.
 */
export class HttpExchange {
  #answer: HttpAnswer | undefined;
  #type: string | null = null;
  #body = new SeenBody();
  #hasBegun = false;
  readonly #onFirstByte: () => void;
  readonly #onHeaders: ChannelListener = (message) => {
    const { status, headers } = message as HeadersMessage;
    this.#answer = { status, ...retryAfter(headers) };
    this.#type = headers.get("content-type");
    this.#body = new SeenBody();
  };
  readonly #onFault: ChannelListener = (message) => {
    const { error, answered } = message as FaultMessage;
    this.#answer = { ...this.#answer, fault: networkFault(error, answered) };
  };
  readonly #onBody: ChannelListener = (chunk) => {
    if (chunk instanceof Uint8Array) this.#body.add(chunk);
    if (this.#hasBegun || (this.#answer?.status ?? 0) >= FIRST_REFUSAL) return;
    this.#hasBegun = true;
    this.#onFirstByte();
  };

  /** @param onFirstByte called once, with the first byte of what the model answers; a refusal is no answer */
  constructor(onFirstByte: () => void) {
    this.#onFirstByte = onFirstByte;
    subscribe(HEADERS_CHANNEL, this.#onHeaders);
    subscribe(BODY_CHANNEL, this.#onBody);
    subscribe(FAULT_CHANNEL, this.#onFault);
  }

  /** The answer as far as it has come. Reads its body, so ask for it only when the request has failed. */
  failedAnswer(): HttpAnswer | undefined {
    const { status, fault } = this.#answer ?? {};
    if (status === undefined) return this.#answer;
    const reported = reportedError(this.#body);
    const strange =
      status < FIRST_REFUSAL && !fault && !reported ? strangeAnswer(status, this.#type, this.#body) : undefined;
    return { ...this.#answer, ...(reported && { reported }), ...(strange && { strange }) };
  }

  /** Stops listening. Safe to call twice. */
  close(): void {
    unsubscribe(HEADERS_CHANNEL, this.#onHeaders);
    unsubscribe(FAULT_CHANNEL, this.#onFault);
    unsubscribe(BODY_CHANNEL, this.#onBody);
  }
}

function retryAfter(headers: ModelHeaders): { retryAfterMs?: number } {
  const exact = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (exact >= 0) return { retryAfterMs: Math.min(exact, LONGEST_WAIT_MS) };
  const value = headers.get("retry-after");
  if (value === null) return {};
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.min(Math.max(0, ms), LONGEST_WAIT_MS) };
}
