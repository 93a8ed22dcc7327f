import type { Usage as PiUsage } from "@earendil-works/pi-ai";
import { addUsage, NO_USAGE, type RequestUsage, type Usage } from "@pifleet/invocation";

/** The usage of one model request. Pi counts cached tokens apart from the input; ours includes them. */
export function requestUsage(usage: PiUsage): RequestUsage {
  return {
    inputTokens: whole(usage.input + usage.cacheRead + usage.cacheWrite),
    outputTokens: whole(usage.output),
    cacheReadTokens: whole(usage.cacheRead),
    cacheWriteTokens: whole(usage.cacheWrite),
    costUsd: Math.max(0, usage.cost.total || 0),
  };
}

/** Providers report what they like; the record wants whole numbers from zero. */
function whole(count: number): number {
  return Number.isFinite(count) ? Math.max(0, Math.round(count)) : 0;
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
