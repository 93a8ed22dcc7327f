import type { Fenced, InvocationId, Span, SpanLog } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import { encoded, numeral, text } from "../scripting/parameters.ts";
import { oneOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeSpans, encodeSpans } from "./span-encoding.ts";

const FINISH_SPANS = defineScript({
  name: "finish-spans",
  base: "invocation",
  keys: {
    journal: "list: the journal of the attempt",
  },
  args: {
    attempt: numeral("the number of the attempt"),
    writer: text("who calls, see repeated.lua"),
    callNumber: numeral("the number of the call among those of the writer"),
    written: encoded("spans, one element of the list; empty when there are none"),
  },
  reply: oneOf("accepted", "stale"),
});

/** The span logs in Redis: one list per invocation, and one list per journal. */
export class RedisSpanLog implements SpanLog {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  constructor(redis: Redis, scripts: Scripts) {
    this.#redis = redis;
    this.#scripts = scripts;
  }

  async read(id: InvocationId): Promise<Span[]> {
    const elements = await reached(this.#redis.lrangeBuffer(this.#scripts.keys.spans(id), 0, -1));
    return (await Promise.all(elements.map(decodeSpans))).flat();
  }

  journal(id: InvocationId, attempt: number): Promise<string[]> {
    return reached(this.#redis.lrange(this.#scripts.keys.journal(id, attempt), 0, -1));
  }

  async finish(id: InvocationId, attempt: number, spans: readonly Span[]): Promise<Fenced> {
    const written = await encodeSpans(spans);
    const [writer, callNumber] = this.#scripts.nextCall();
    const journal = this.#scripts.keys.journal(id, attempt);
    return this.#scripts.callOn(id, FINISH_SPANS, { journal }, { attempt, writer, callNumber, written });
  }
}
