import { expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const NOW_MS = Date.parse("2026-01-15T09:30:00Z");

it.each([
  ["0", 0],
  ["120", 120_000],
  [" 5 ", 5_000],
  ["Thu, 15 Jan 2026 09:31:00 GMT", 60_000],
  ["Thu, 15 Jan 2026 09:00:00 GMT", 0],
])("Retry-After: %s is a wait of %d ms", (value, ms) => {
  expect(retryAfterMs(value, NOW_MS)).toBe(ms);
});

it.each([undefined, "", "-1", "1.5", "soon", "1e9", "2026-01-15", "Thu, 99 Jan 2026 09:31:00 GMT"])(
  "Retry-After: %s asks for nothing",
  (value) => {
    expect(retryAfterMs(value, NOW_MS)).toBeUndefined();
  },
);
