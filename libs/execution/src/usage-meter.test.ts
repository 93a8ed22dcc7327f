import { NO_USAGE } from "@pifleet/invocation";
import { expect, it } from "vitest";
import { UsageMeter } from "./usage-meter.ts";

it("what a model request took is counted when it ends, by tenant, provider and model", () => {
  const counted: string[] = [];
  const count = (name: string, labels: object, by = 1) =>
    void counted.push([name, ...Object.values(labels), by].join(" "));
  const meter = new UsageMeter(
    { observe: () => undefined, count },
    { tenant: "acme", model: "openrouter/meta/l3:free" },
  );
  const usage = { ...NO_USAGE, inputTokens: 900, cacheReadTokens: 800, outputTokens: 40, costUsd: 0.25 };
  meter.observe({ type: "turn.started", at: 1, turn: 1 });
  meter.observe({ type: "request.ended", at: 2, stopReason: "stop", usage });
  expect(counted).toEqual([
    "usage_tokens_total acme openrouter meta/l3:free input 900",
    "usage_tokens_total acme openrouter meta/l3:free output 40",
    "usage_tokens_total acme openrouter meta/l3:free cache_read 800",
    "usage_tokens_total acme openrouter meta/l3:free cache_write 0",
    "usage_cost_usd_total acme openrouter meta/l3:free 0.25",
  ]);
});
