import type { Usage as PiUsage } from "@earendil-works/pi-ai";
import { addUsage, fittedUsage, NO_USAGE, type RequestUsage, type Usage } from "@pifleet/invocation";

/**
 * The usage of one model request. Pi counts cached tokens apart from the input; ours includes them. Providers report
 * what they like, so it is made to fit.
 */
export function requestUsage(usage: PiUsage): RequestUsage {
  return fittedUsage({
    inputTokens: usage.input + usage.cacheRead + usage.cacheWrite,
    outputTokens: usage.output,
    cacheReadTokens: usage.cacheRead,
    cacheWriteTokens: usage.cacheWrite,
    costUsd: usage.cost.total,
  });
}

/** The usage of a run, added up as it happens. */
export class UsageMeter {
  #total: Usage = NO_USAGE;
  #untold: Usage = NO_USAGE;

  addRequest(usage: RequestUsage): void {
    this.#total = addUsage(this.#total, { ...NO_USAGE, ...usage });
    this.#untold = addUsage(this.#untold, { ...NO_USAGE, ...usage });
  }

  /** What the requests took since this was last asked: each is told once, also one that brought no message. */
  takeUntold(): RequestUsage {
    const { turns: _turns, toolCalls: _toolCalls, ...usage } = this.#untold;
    this.#untold = NO_USAGE;
    return usage;
  }

  addTurn(): void {
    this.#total = { ...this.#total, turns: this.#total.turns + 1 };
  }

  addToolCall(): void {
    this.#total = { ...this.#total, toolCalls: this.#total.toolCalls + 1 };
  }

  get total(): Usage {
    return this.#total;
  }
}
