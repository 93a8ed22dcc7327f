import { expect, test } from "vitest";
import { Timeline } from "./timeline.ts";

const stretches = (...times: [number, number][]) => times.map(([startMs, endMs]) => ({ startMs, endMs }));

test("what follows closely is drawn to scale", () => {
  const timeline = new Timeline(stretches([0, 100], [110, 200]), 40);
  expect(timeline.waits).toEqual([]);
  expect([0, 50, 105, 200].map((ms) => timeline.column(ms))).toEqual([0, 10, 21, 40]);
});

test("a long wait takes three columns, and what came before it one at least", () => {
  const timeline = new Timeline(stretches([0, 1], [3_600_000, 3_604_000]), 40);
  expect(timeline.waits).toEqual(stretches([1, 3_600_000]));
  const [before = 0, waited = 0, end = 0] = [1, 3_600_000, 3_604_000].map((ms) => timeline.column(ms));
  expect(before).toBeGreaterThanOrEqual(1);
  expect(waited - before).toBeCloseTo(3);
  expect(end).toBeCloseTo(40);
});

test("time only ever leads to the right, and never out of the row", () => {
  const many = Array.from({ length: 30 }, (_, i): [number, number] => [i * 1_000, i * 1_000 + i]);
  for (const columns of [10, 40, 200]) {
    const timeline = new Timeline(stretches(...many, [5_000, 5_000], [2, 900]), columns);
    let last = 0;
    for (let ms = -10; ms < 30_000; ms += 7) {
      const column = timeline.column(ms);
      expect(column).toBeGreaterThanOrEqual(last);
      last = column;
    }
    expect(last).toBeLessThanOrEqual(columns + 1e-6);
  }
});

test("moments without length lie in order", () => {
  const timeline = new Timeline(stretches([5, 5], [9, 9]), 10);
  expect(timeline.column(9)).toBeGreaterThan(timeline.column(5));
  expect(new Timeline(stretches([5, 5]), 10).column(5)).toBe(0);
});
