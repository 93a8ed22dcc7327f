import { COUNTERS, HISTOGRAMS, increment, observation } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { startApi, type TestApi } from "./testing/api.ts";
import { altered, away } from "./testing/backends.ts";
import { type Family, histogramsOf, parseExposition, type Sample } from "./testing/exposition.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

async function scrape(api: TestApi): Promise<(name: string) => Family> {
  const families = parseExposition(await (await api.get("/metrics")).text());
  return (name) => families.get(name) ?? { name, type: "missing", help: "", samples: [] };
}

const valueIn = ({ samples }: Family, labels: Sample["labels"]) =>
  samples.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;

describe("what the workers measure", () => {
  it("is shown as histograms that are cumulative, with sum and count, in their units", async () => {
    const backend = memory();
    const { counters } = backend;
    for (const seconds of [0.2, 0.2, 7, 100_000]) {
      await counters.add(observation("run_duration_seconds", seconds, { status: "succeeded" }));
    }
    await counters.add(observation("run_duration_seconds", 30, { status: "timed_out" }));
    await counters.add(observation("tokens", 1_000, { kind: "input" }));
    const family = await scrape(await startApi(backend));

    const runs = histogramsOf(family("pifleet_run_duration_seconds"));
    const [succeeded, timedOut] = ["succeeded", "timed_out"].map((status) =>
      runs.find(({ labels }) => labels.status === status),
    );
    const others = runs.filter((one) => one !== succeeded && one !== timedOut);
    expect(others.length).toBeGreaterThan(0);
    for (const { count, sum } of others) expect([count, sum]).toEqual([0, 0]);
    expect(succeeded).toMatchObject({ labels: { status: "succeeded" }, sum: 100_007.4, count: 4 });
    const buckets = Object.fromEntries(succeeded?.buckets ?? []);
    expect(buckets).toMatchObject({ "0.1": 0, "0.25": 2, "5": 2, "10": 3, "7200": 3, "+Inf": 4 });
    expect(timedOut).toMatchObject({ labels: { status: "timed_out" }, sum: 30, count: 1 });
    const [input] = histogramsOf(family("pifleet_tokens")).filter(({ labels }) => labels.kind === "input");
    expect(input).toMatchObject({ sum: 1_000, count: 1 });
  });

  it("is shown as counters that are there before anything was counted", async () => {
    const backend = memory();
    const counted = { audience: "deployment", result: "spooled" } as const;
    await backend.counters.add(increment("trace_exports_total", counted, 3));
    const family = await scrape(await startApi(backend));
    const exports = family("pifleet_trace_exports_total");
    expect(exports).toMatchObject({ type: "counter" });
    expect(valueIn(exports, counted)).toBe(3);
    expect(valueIn(exports, { audience: "invocation", result: "refused" })).toBe(0);
    expect(valueIn(family("pifleet_trace_spans_dropped_total"), { reason: "too_many" })).toBe(0);
  });

  it("is described, every measurement of the table, and what is not in it is not shown", async () => {
    const backend = memory();
    await backend.counters.add({ "future_seconds||le=1": 2, "tokens|kind=thoughts|sum": 5, "tokens|": 1 });
    const api = await startApi(backend);
    const family = await scrape(api);
    for (const [name, { help }] of Object.entries(HISTOGRAMS)) {
      expect(family(`pifleet_${name}`)).toMatchObject({
        type: "histogram",
        help: expect.stringMatching(`^Whole fleet.*: ${help}$`),
      });
    }
    for (const [name, { help }] of Object.entries(COUNTERS)) {
      expect(family(`pifleet_${name}`)).toMatchObject({
        type: "counter",
        help: expect.stringMatching(`^Whole fleet.*: ${help}$`),
      });
    }
    expect(await (await api.get("/metrics")).text()).not.toMatch(/future|thoughts/);
  });

  it("does not mix with what they repair", async () => {
    const backend = memory();
    await backend.counters.add({ lost_workers: 2, ...observation("queue_wait_seconds", 1, {}) });
    const family = await scrape(await startApi(backend));
    const repairs = family("pifleet_repairs_total").samples;
    expect(repairs.filter(({ value }) => value > 0)).toMatchObject([{ labels: { what: "lost_workers" }, value: 2 }]);
    expect(repairs).toContainEqual(expect.objectContaining({ labels: { what: "swept_runners" }, value: 0 }));
  });
});

describe("the spans that are owed to collectors", () => {
  it("are shown as the attempts whose spans they are", async () => {
    const size = async () => ({ spooled: 3, quarantined: 1 });
    const family = await scrape(await startApi(altered(memory(), { spool: { size } })));
    expect(family("pifleet_trace_spool_attempts")).toMatchObject({ type: "gauge", samples: [{ value: 3 }] });
    expect(family("pifleet_trace_quarantined_attempts")).toMatchObject({ type: "gauge", samples: [{ value: 1 }] });
  });
});

it("leaves the figures of the fleet out while the database is away, and only those", async () => {
  const family = await scrape(await startApi(altered(memory(), { spool: { size: away } })));
  const measured = [...Object.keys(HISTOGRAMS), ...Object.keys(COUNTERS), "trace_spool_attempts", "workers"];
  for (const name of measured) expect(family(`pifleet_${name}`).samples).toEqual([]);
  expect(family("pifleet_backend_up").samples).toMatchObject([{ value: 0 }]);
  expect(family("process_resident_memory_bytes").samples).toHaveLength(1);
});
