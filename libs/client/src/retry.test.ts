import { expect, test } from "vitest";
import { ConnectionError, PiFleetError } from "./errors.ts";
import { parseRetryAfter, pause, retryDelayMs } from "./retry.ts";

const refusal = (status: number, retryAfterMs?: number) =>
  new PiFleetError({ type: "about:blank", title: "Refused", status, detail: "", code: "refused" }, retryAfterMs);

test("pauses grow with every failure, up to five seconds", () => {
  const lost = new ConnectionError("http://127.0.0.1", "cut");
  for (const [failures, bound] of [
    [1, 200],
    [2, 400],
    [5, 3_200],
    [6, 5_000],
    [40, 5_000],
  ] as const) {
    const delayMs = retryDelayMs(lost, failures);
    expect(delayMs).toBeGreaterThanOrEqual(bound / 2);
    expect(delayMs).toBeLessThanOrEqual(bound);
  }
});

test.each([429, 502, 503, 504])("status %i is worth another try", (status) => {
  expect(retryDelayMs(refusal(status), 1)).toBeDefined();
});

test.each([400, 401, 404, 409, 413, 422, 500])("status %i is final", (status) => {
  expect(retryDelayMs(refusal(status), 1)).toBeUndefined();
});

test("the API's own wish is honoured up to half a minute", () => {
  expect(retryDelayMs(refusal(429, 7_000), 1)).toBe(7_000);
  expect(retryDelayMs(refusal(429, 31_000), 1)).toBeUndefined();
});

test("Retry-After is read as seconds and as a date", () => {
  const now = Date.parse("Fri, 31 Dec 1999 23:59:00 GMT");
  expect(parseRetryAfter("120", now)).toBe(120_000);
  expect(parseRetryAfter("Fri, 31 Dec 1999 23:59:59 GMT", now)).toBe(59_000);
  expect(parseRetryAfter("Fri, 31 Dec 1999 23:00:00 GMT", now)).toBe(0);
  expect(parseRetryAfter("soon", now)).toBeUndefined();
  expect(parseRetryAfter(null, now)).toBeUndefined();
});

test("a pause ends at once when it is aborted, before or while it lasts", async () => {
  const controller = new AbortController();
  const long = pause(3_600_000, controller.signal);
  controller.abort("enough");
  await expect(long).rejects.toBe("enough");
  await expect(pause(3_600_000, controller.signal)).rejects.toBe("enough");
});
