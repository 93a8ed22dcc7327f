import type { SeenBody } from "./seen-body.ts";

/** A line of a stream of events (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). */
const EVENT_LINE = /^(?:data|event|id|retry)?:/m;
const MAX_CHARS = 200;

/** An answer with 200 that is no stream of events, such as the page of a gateway or an answer in one piece. */
export interface StrangeAnswer {
  readonly status: number;
  readonly type: string;
  /** Its first words, without markup. */
  readonly words: string;
}

/** What came in place of a stream of events; `undefined` when one came, or nothing at all. */
export function strangeAnswer(status: number, type: string | null, { head }: SeenBody): StrangeAnswer | undefined {
  if (head.trim() === "" || EVENT_LINE.test(head)) return undefined;
  const words = head
    .replace(/<[^<>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return { status, type: type?.split(";", 1)[0]?.trim() || "no content type", words: cut(words) };
}

/** Says it in words. @param address where the model is */
export function strangeMessage({ status, type, words }: StrangeAnswer, address: string): string {
  return `${address} answered ${status} with ${type} and no stream of events: ${words}`;
}

function cut(words: string): string {
  return words.length > MAX_CHARS ? `${words.slice(0, MAX_CHARS)}…` : words;
}
