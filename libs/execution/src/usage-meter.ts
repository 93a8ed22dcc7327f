import type { Invocation, Measures, RunnerRecord } from "@pifleet/invocation";
import type { RecordObserver } from "./record-observer.ts";

/**
 * Counts what each model request took, by tenant and model. It counts as the requests end and not with the attempt, so
 * that an attempt that is lost is counted too.
 */
export class UsageMeter implements RecordObserver {
  readonly #measures: Measures;
  readonly #labels: { readonly tenant: string; readonly provider: string; readonly model: string };

  constructor(measures: Measures, { tenant, model }: Pick<Invocation, "tenant" | "model">) {
    const slash = model.indexOf("/");
    this.#measures = measures;
    this.#labels = { tenant, provider: model.slice(0, slash), model: model.slice(slash + 1) };
  }

  observe(record: RunnerRecord): void {
    if (record.type !== "request.ended") return;
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, costUsd } = record.usage;
    const kinds = {
      input: inputTokens,
      output: outputTokens,
      cache_read: cacheReadTokens,
      cache_write: cacheWriteTokens,
    };
    for (const kind of ["input", "output", "cache_read", "cache_write"] as const) {
      this.#measures.count("usage_tokens_total", { ...this.#labels, kind }, kinds[kind]);
    }
    this.#measures.count("usage_cost_usd_total", this.#labels, costUsd);
  }
}
