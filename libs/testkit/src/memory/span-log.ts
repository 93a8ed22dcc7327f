import type { Fenced, InvocationId, Span, SpanLog } from "@pifleet/invocation";
import type { KeptInvocations } from "./kept-invocation.ts";

/** The span logs, in memory. */
export class MemorySpanLog implements SpanLog {
  readonly #all: KeptInvocations;

  constructor(all: KeptInvocations) {
    this.#all = all;
  }

  async read(id: InvocationId): Promise<Span[]> {
    return structuredClone(this.#all.find(id)?.spans ?? []);
  }

  async journal(id: InvocationId, attempt: number): Promise<string[]> {
    return [...(this.#all.find(id)?.journals.get(attempt) ?? [])];
  }

  async finish(id: InvocationId, attempt: number, spans: readonly Span[]): Promise<Fenced> {
    const kept = this.#all.find(id);
    if (!kept?.lost.delete(attempt)) return "stale";
    kept.spans.push(...structuredClone(spans));
    kept.journals.delete(attempt);
    return "accepted";
  }
}
