import type { Invocation, LabelsOf, Measures, RunnerRecord } from "@pifleet/invocation";
import type { RecordObserver } from "./record-observer.ts";

type TokenKind = LabelsOf<"usage_tokens_total">["kind"];

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
    this.#countTokens("input", inputTokens);
    this.#countTokens("output", outputTokens);
    this.#countTokens("cache_read", cacheReadTokens);
    this.#countTokens("cache_write", cacheWriteTokens);
    this.#measures.count("usage_cost_usd_total", this.#labels, costUsd);
  }

  #countTokens(kind: TokenKind, tokens: number): void {
    this.#measures.count("usage_tokens_total", { ...this.#labels, kind }, tokens);
  }
}
