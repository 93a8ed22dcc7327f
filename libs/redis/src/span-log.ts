import type { Fenced, InvocationId, Span, SpanLog } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { appendSpans } from "./scripts/append-spans.ts";
import type { Scripts } from "./scripts.ts";
import { reached } from "./unavailable.ts";

/** The span logs in Redis: one list per invocation. */
export class RedisSpanLog implements SpanLog {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  constructor(redis: Redis, scripts: Scripts) {
    this.#redis = redis;
    this.#scripts = scripts;
  }

  append(id: InvocationId, attempt: number, spans: readonly Span[]): Promise<Fenced> {
    return appendSpans(this.#scripts, id, attempt, spans);
  }

  async read(id: InvocationId): Promise<Span[]> {
    const entries = await reached(this.#redis.lrange(this.#scripts.keys.spans(id), 0, -1));
    return entries.map((json) => JSON.parse(json) as Span);
  }
}
