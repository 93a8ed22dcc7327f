import { describe, expect, it } from "vitest";
import { ranOutOfHeap } from "./out-of-memory.ts";

const V8 = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";

describe("a process that ended at its heap limit", () => {
  it.each([
    [null, "SIGABRT", V8, true],
    [134, null, V8, true],
    [null, "SIGABRT", "Assertion failed", false],
    [1, null, `the model said: ${V8}`, false],
    [null, "SIGKILL", V8, false],
  ])("with code %s, signal %s and %j on stderr: %s", (code, signal, stderr, expected) => {
    expect(ranOutOfHeap(code, signal, stderr)).toBe(expected);
  });
});
