import { describe, expect, it } from "vitest";
import { invocationError } from "../error-code.ts";
import type { Attempt } from "../invocation.ts";
import type { Outcome, Settlement } from "../outcome.ts";
import type { Measures } from "../ports/measures.ts";
import { Submission } from "../submission.ts";
import { NO_USAGE } from "../usage.ts";
import { measureSettled, measureStart } from "./attempt-measures.ts";

const CREATED_MS = Date.parse("2026-01-15T09:30:00.000Z");
const after = (ms: number) => new Date(CREATED_MS + ms).toISOString();
const USAGE = { ...NO_USAGE, inputTokens: 900, outputTokens: 40, cacheReadTokens: 800 };
const SUCCEEDED: Outcome = { status: "succeeded", output: "done", error: null, messages: [], usage: USAGE };
const FAILED: Outcome = {
  status: "failed",
  output: null,
  error: invocationError("runner_crashed", "exit code 1"),
  messages: [],
  usage: NO_USAGE,
};

/** What is measured, as lines such as `run_duration_seconds 2.5 succeeded`. */
function recording(): { measures: Measures; lines: string[] } {
  const lines: string[] = [];
  const measures: Measures = {
    observe: (name, value, labels) => void lines.push([name, value, ...Object.values(labels)].join(" ")),
    count: (name, labels, by = 1) => void lines.push([name, by, ...Object.values(labels)].join(" ")),
  };
  return { measures, lines };
}

function attempt(number: number, startedAt: string, ended?: [at: string, Attempt["ended"]]): Attempt {
  return { number, worker: "w_1", startedAt, endedAt: ended?.[0] ?? null, ended: ended?.[1] ?? null };
}

describe("the wait in the queue", () => {
  const waited = (delayMs: number, attempts: Attempt[]) => {
    const { measures, lines } = recording();
    const submission = Submission.parse({ model: "demo/scripted", input: "hello", delayMs });
    measureStart(measures, { createdAt: after(0), submission, attempts });
    return lines;
  };

  it("begins when the invocation was created, and its delay was over", () => {
    expect(waited(0, [attempt(1, after(250))])).toEqual(["queue_wait_seconds 0.25"]);
    expect(waited(2_000, [attempt(1, after(2_100))])).toEqual(["queue_wait_seconds 0.1"]);
  });

  it("begins with the end of the attempt before, when there was one", () => {
    const former = attempt(1, after(100), [after(5_000), "runner_crashed"]);
    expect(waited(0, [former, attempt(2, after(5_500))])).toEqual(["queue_wait_seconds 0.5"]);
  });

  it("tells of the attempt before, too, when its worker was lost and could not", () => {
    const lost = attempt(1, after(100), [after(5_100), "worker_lost"]);
    expect(waited(0, [lost, attempt(2, after(5_100))])).toEqual([
      "queue_wait_seconds 0",
      "attempt_duration_seconds 5 worker_lost",
    ]);
  });
});

describe("a settled attempt", () => {
  const measured = (settlement: Settlement) => {
    const { measures, lines } = recording();
    const attempts = [attempt(1, after(100), [after(1_000), "handed_back"]), attempt(2, after(2_000))];
    measureSettled(measures, { startedAt: after(100), attempts }, settlement, CREATED_MS + 3_100);
    return lines;
  };

  it("is measured with its tokens, and with the whole invocation that ends with it", () => {
    expect(measured({ kind: "final", outcome: SUCCEEDED })).toEqual([
      "attempt_duration_seconds 1.1 succeeded",
      "tokens 900 input",
      "tokens 40 output",
      "tokens 800 cache_read",
      "tokens 0 cache_write",
      "run_duration_seconds 3 succeeded",
    ]);
  });

  it("is measured without the invocation when another attempt follows", () => {
    const again = measured({ kind: "again", outcome: FAILED, delayMs: 0 });
    expect(again).toContain("attempt_duration_seconds 1.1 runner_crashed");
    const handedBack = measured({ kind: "handed_back", outcome: FAILED });
    expect(handedBack).toContain("attempt_duration_seconds 1.1 handed_back");
    for (const line of [...again, ...handedBack]) expect(line).not.toMatch(/^run_duration/);
  });
});
