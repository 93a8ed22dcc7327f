import type { Fenced, InvocationId, Span, SpanLog } from "@pifleet/invocation";
import { isNewest } from "./fence.ts";
import type { KeptInvocations } from "./kept-invocation.ts";

/** The span logs, in memory. */
export class MemorySpanLog implements SpanLog {
  readonly #all: KeptInvocations;

  constructor(all: KeptInvocations) {
    this.#all = all;
  }

  async append(id: InvocationId, attempt: number, spans: readonly Span[]): Promise<Fenced> {
    const kept = this.#all.find(id);
    if (!isNewest(kept, attempt)) return "stale";
    kept.spans.push(...structuredClone(spans));
    return "accepted";
  }

  async read(id: InvocationId): Promise<Span[]> {
    return structuredClone(this.#all.find(id)?.spans ?? []);
  }
}
