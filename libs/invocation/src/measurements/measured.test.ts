import { describe, expect, it } from "vitest";
import { increment, isMeasured, MAX_OPEN_FIELDS, observation, openCounts, overflowField } from "./fields.ts";
import { readMeasured } from "./measured.ts";
import { COUNTERS, HISTOGRAMS, type HistogramMeasurement, type LabelSets } from "./measurements.ts";

/** What several additions to the counters of the fleet come to. */
function sum(...additions: Record<string, number>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [field, count] of additions.flatMap(Object.entries)) counts[field] = (counts[field] ?? 0) + count;
  return counts;
}

const waits = (counts: Record<string, number>) => readMeasured(counts).histograms.get("queue_wait_seconds")?.[0];
const at = (bound: number) => HISTOGRAMS.queue_wait_seconds.buckets.indexOf(bound as 1);

describe("an observation", () => {
  it("is one in its bucket, and its value in integer parts of the unit", () => {
    expect(observation("run_duration_seconds", 0.3, { status: "failed" })).toEqual({
      "run_duration_seconds|status=failed|le=0.5": 1,
      "run_duration_seconds|status=failed|sum": 300_000,
    });
    expect(observation("tokens", 5, { kind: "output" })).toEqual({
      "tokens|kind=output|le=16": 1,
      "tokens|kind=output|sum": 5,
    });
  });

  it("on a bound is in the bucket that ends there", () => {
    expect(observation("queue_wait_seconds", 0.5, {})).toHaveProperty(["queue_wait_seconds||le=0.5"], 1);
    expect(observation("queue_wait_seconds", 0.500_001, {})).toHaveProperty(["queue_wait_seconds||le=1"], 1);
  });

  it("that is negative counts as none, one without bound as very large, and what is no number not at all", () => {
    expect(observation("queue_wait_seconds", -3, {})).toEqual({
      "queue_wait_seconds||le=0.002": 1,
      "queue_wait_seconds||sum": 0,
    });
    const large = observation("queue_wait_seconds", Number.POSITIVE_INFINITY, {});
    expect(large).toHaveProperty(["queue_wait_seconds||le=+Inf"], 1);
    for (const count of Object.values(large)) expect(count).toSatisfy(Number.isSafeInteger);
    expect(observation("queue_wait_seconds", Number.NaN, {})).toEqual({});
  });
});

describe("an increment", () => {
  it("names its labels in one order, whatever the order they are given in", () => {
    const expected = { "trace_exports_total|audience=invocation,result=ok|total": 2 };
    expect(increment("trace_exports_total", { result: "ok", audience: "invocation" }, 2)).toEqual(expected);
  });

  it("by nothing, or by less, is none", () => {
    for (const by of [0, -1, Number.NaN])
      expect(increment("trace_spans_dropped_total", { reason: "refused" }, by)).toEqual({});
  });
});

describe("what was measured", () => {
  it("is read back with cumulative buckets, count and sum", () => {
    const values = [0.001, 0.3, 0.3, 4, 100_000];
    const read = waits(sum(...values.map((value) => observation("queue_wait_seconds", value, {}))));
    expect(read).toMatchObject({ labels: {}, count: 5 });
    expect(read?.sum).toBeCloseTo(100_004.601, 6);
    HISTOGRAMS.queue_wait_seconds.buckets.forEach((bound, index) => {
      expect(read?.buckets[index]).toBe(values.filter((value) => value <= bound).length);
    });
  });

  it("holds a series for each combination of labels", () => {
    const counts = sum(
      observation("run_duration_seconds", 1, { status: "cancelled" }),
      observation("run_duration_seconds", 2, { status: "succeeded" }),
      observation("run_duration_seconds", 3, { status: "succeeded" }),
    );
    const series = readMeasured(counts).histograms.get("run_duration_seconds") ?? [];
    expect(Object.fromEntries(series.map(({ labels, count, sum: total }) => [labels.status, [count, total]]))).toEqual({
      ...Object.fromEntries(HISTOGRAMS.run_duration_seconds.labels.status.map((status) => [status, [0, 0]])),
      succeeded: [2, 5],
      cancelled: [1, 1],
    });
  });

  it("begins at 0 for every counter and histogram", () => {
    const { histograms, counters } = readMeasured({});
    expect(counters.get("trace_exports_total")).toHaveLength(12);
    expect(counters.get("trace_spans_dropped_total")).toEqual([
      { labels: { reason: "refused" }, count: 0 },
      { labels: { reason: "expired" }, count: 0 },
      { labels: { reason: "too_many" }, count: 0 },
    ]);
    expect(histograms.get("queue_wait_seconds")).toMatchObject([{ count: 0, sum: 0 }]);
    const kinds = HISTOGRAMS.tokens.labels.kind.map((kind) => ({ labels: { kind }, count: 0, sum: 0 }));
    expect(histograms.get("tokens")).toMatchObject(kinds);
  });

  it("leaves out what it does not know or cannot read", () => {
    const none = readMeasured({});
    const foreign = {
      lost_workers: 3,
      "queue_wait_seconds|": 1,
      "queue_wait_seconds||le=": 1,
      "queue_wait_seconds||le=abc": 1,
      "queue_wait_seconds||le=-1": 1,
      "queue_wait_seconds||p99": 1,
      "queue_wait_seconds||le=0.5|x": 1,
      "queue_wait_seconds||le=1": Number.NaN,
      "queue_wait_seconds|shard=1|le=1": 1,
      "run_duration_seconds|status=vanished|le=1": 1,
      "run_duration_seconds|status=vanished,more=1|le=1": 1,
      "trace_exports_total|result=ok|total": 1,
      "trace_exports_total|audience=deployment,result=ok|le=1": 1,
      "trace_spans_dropped_total|reason=refused|total": -1,
      "__proto__|constructor|le=1": 1,
      "future_seconds||le=1": 1,
    };
    expect(readMeasured(foreign)).toEqual(none);
  });

  it("keeps the values of a version with other buckets, in the next larger bucket", () => {
    const read = waits({
      "queue_wait_seconds||le=0.7": 2,
      "queue_wait_seconds||le=99999": 1,
      "queue_wait_seconds||sum": 1,
    });
    expect(read?.count).toBe(3);
    expect(read?.buckets[at(0.5)]).toBe(0);
    expect(read?.buckets[at(1)]).toBe(2);
    expect(read?.buckets.at(-1)).toBe(2);
  });
});

describe("a counter whose labels can be any text", () => {
  const cost = (labels: Record<"tenant" | "provider" | "model", string>, usd = 1) =>
    increment("usage_cost_usd_total", labels, usd);
  const readCost = (counts: Record<string, number>) => readMeasured(counts).counters.get("usage_cost_usd_total");
  const ACME = { tenant: "acme", provider: "anthropic", model: "claude-5:latest" };
  const OTHER = { tenant: "(other)", provider: "(other)", model: "(other)" };

  it("is read back with the labels that it was counted with, whatever they hold", () => {
    const odd = { tenant: 'a|b,c=d "e"', provider: "%2C%", model: "x/\n\\\ud800" };
    const counts = sum(cost(ACME, 0.000_000_5), cost(ACME, 2), cost(odd), cost({ ...ACME, tenant: "y".repeat(9_999) }));
    expect(readCost(counts)).toEqual([
      { labels: ACME, count: 2.000_000_5 },
      { labels: { ...odd, model: "x/\n\\\ufffd" }, count: 1 },
      { labels: { ...ACME, tenant: "y".repeat(256) }, count: 1 },
    ]);
  });

  it("has no series before anything was counted, and then one for each value of its other labels", () => {
    expect(readCost({})).toEqual([]);
    const counts = increment("usage_tokens_total", { ...ACME, kind: "output" }, 7);
    expect(readMeasured(counts).counters.get("usage_tokens_total")).toEqual([
      { labels: { ...ACME, kind: "input" }, count: 0 },
      { labels: { ...ACME, kind: "output" }, count: 7 },
      { labels: { ...ACME, kind: "cache_read" }, count: 0 },
      { labels: { ...ACME, kind: "cache_write" }, count: 0 },
    ]);
  });

  it("is added to one for all others when there are too many, and the sum stays right", () => {
    const known = new Set<string>();
    let counts: Record<string, number> = {};
    for (let flush = 0; flush < 3; flush += 1) {
      const more = Array.from({ length: 1_000 }, (_, i) => cost({ ...ACME, model: `${flush}-${i}` }));
      const taken = openCounts(sum(...more, { lost_workers: 1 }), known);
      for (const field of Object.keys(taken)) known.add(field);
      counts = sum(counts, taken);
    }
    const series = readCost(counts) ?? [];
    expect(series).toHaveLength(MAX_OPEN_FIELDS + 1);
    expect(series.at(-1)).toEqual({ labels: OTHER, count: 3_000 - MAX_OPEN_FIELDS });
    expect(openCounts(cost({ ...ACME, model: "0-0" }), known)).toEqual(cost({ ...ACME, model: "0-0" }));
    expect(counts).not.toHaveProperty("lost_workers");
  });

  it("leaves out what it cannot read", () => {
    for (const text of ["tenant=a,provider=b", "tenant=%,provider=b,model=c", "tenant=a,model=b,provider=c", ""]) {
      const field = `usage_cost_usd_total|${text}|total`;
      expect(readCost({ [field]: 1 })).toEqual([]);
      expect(overflowField(field)).toBeUndefined();
    }
    for (const field of [
      "lost_workers",
      "trace_exports_total|audience=deployment,result=ok|total",
      "__proto__|x|total",
    ])
      expect(overflowField(field)).toBeUndefined();
  });
});

describe("the table", () => {
  const histograms: [string, HistogramMeasurement][] = Object.entries(HISTOGRAMS);

  it.each(histograms)("has ascending buckets and a name that ends with the unit: %s", (name, { buckets, unit }) => {
    expect(name.endsWith(unit)).toBe(true);
    expect([...new Set(buckets)].sort((a, b) => a - b)).toEqual(buckets);
    for (const bound of buckets) expect(String(bound)).toMatch(/^\d+(\.\d+)?$/);
  });

  it("has labels that fit into a field, and names that no counter outside of it can have", () => {
    const all = [...Object.entries(HISTOGRAMS), ...Object.entries(COUNTERS)];
    for (const [name, { labels }] of all) {
      expect(name).toMatch(/^[a-z_]+$/);
      for (const [label, values] of Object.entries(labels)) {
        for (const word of [label, ...(values ?? [])]) expect(word).toMatch(/^[a-z_]+$/);
      }
    }
    expect(Object.keys(observation("tokens", 1, { kind: "input" })).every(isMeasured)).toBe(true);
    expect(isMeasured("mended_unqueued")).toBe(false);
  });

  it("bounds how many series there can be", () => {
    const sets: LabelSets[] = [...Object.values(HISTOGRAMS), ...Object.values(COUNTERS)].map(({ labels }) => labels);
    const series = sets.map((labels) =>
      Object.values(labels).reduce((product, values) => product * (values?.length ?? 1), 1),
    );
    expect(Math.max(...series)).toBeLessThan(25);
  });
});
