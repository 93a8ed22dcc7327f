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
  });
}
