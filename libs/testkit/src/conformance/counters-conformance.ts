import { increment, MAX_OPEN_FIELDS, readMeasured } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { type MakeBackend, useBackends } from "./make-backend.ts";

/** What every `Counters` keeps to. */
export function describeCountersConformance(name: string, makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe(`the counters ${name}`, () => {
    it("add up what is added to them", async () => {
      const { counters } = await open();
      expect(await counters.read()).toEqual({});
      await Promise.all([counters.add({ recovered: 2, swept: 1 }), counters.add({ recovered: 3 })]);
      expect(await counters.read()).toEqual({ recovered: 5, swept: 1 });
    });

    it("keep a bounded number of those whose labels can be any text, and add the others up as one", async () => {
      const { counters } = await open();
      const cost = (model: string) => increment("usage_cost_usd_total", { tenant: "a", provider: "p", model }, 1);
      const beyond = 500;
      for (let from = 0; from < MAX_OPEN_FIELDS + beyond; from += 1_000) {
        await counters.add(
          Object.assign({ swept: 1 }, ...Array.from({ length: 1_000 }, (_, i) => cost(`${from + i}`))),
        );
      }
      await counters.add(cost("0"));
      const counts = await counters.read();
      const series = readMeasured(counts).counters.get("usage_cost_usd_total") ?? [];
      const count = (model: string) => series.find(({ labels }) => labels.model === model)?.count;
      expect(series).toHaveLength(MAX_OPEN_FIELDS + 1);
      expect([count("0"), count("1"), count("(other)"), counts.swept]).toEqual([2, 1, beyond, 3]);
    });
  });
}
