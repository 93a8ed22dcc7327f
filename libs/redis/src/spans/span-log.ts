import type { Fenced, InvocationId, Span, SpanLog } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { finishSpans } from "./finish-spans.ts";
import { decodeSpans } from "./span-encoding.ts";

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

  finish(id: InvocationId, attempt: number, spans: readonly Span[]): Promise<Fenced> {
    return finishSpans(this.#scripts, id, attempt, spans);
  }
}
