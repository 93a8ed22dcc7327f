import type { RunnerRecord } from "@pifleet/invocation";
import { resolveLimits } from "@pifleet/invocation";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Ending } from "./cause.ts";
import { Deadlines } from "./deadlines.ts";

const LIMITS = resolveLimits({ firstByteMs: 1_000, idleMs: 3_000, totalMs: 20_000 });
const delta: RunnerRecord = { type: "message.delta", at: 0, channel: "text", text: "x" };
const request: RunnerRecord = { type: "request.started", at: 0, provider: "p", model: "m" };

function heartbeat(toolRunning: boolean): RunnerRecord {
  return { type: "heartbeat", at: 0, rssBytes: 0, heapBytes: 0, eventLoopDelayMs: 0, toolRunning };
}

describe("the deadlines of an attempt", () => {
  let ending: Ending;
  let deadlines: Deadlines;

  beforeEach(() => {
    vi.useFakeTimers();
    ending = new Ending();
    deadlines = new Deadlines(LIMITS, ending);
  });
  afterEach(() => {
    deadlines.stop();
    vi.useRealTimers();
  });

  function pass(ms: number, everyMs: number, record: RunnerRecord): void {
    for (let past = 0; past < ms; past += everyMs) {
      vi.advanceTimersByTime(everyMs);
      deadlines.observe(record);
    }
  }

  it("judge a runner that still starts by the total time alone", () => {
    vi.advanceTimersByTime(19_999);
    expect(ending.cause).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(ending.cause).toEqual({ kind: "deadline", deadline: "total", limitMs: 20_000 });
  });

  it("end a run whose model does not begin to answer", () => {
    deadlines.begin();
    deadlines.observe(request);
    pass(1_000, 500, heartbeat(false));
    expect(ending.cause).toEqual({ kind: "deadline", deadline: "first_byte", limitMs: 1_000 });
  });

  it("end a run that lives but makes no progress", () => {
    deadlines.begin();
    pass(3_000, 500, heartbeat(false));
    expect(ending.cause).toEqual({ kind: "deadline", deadline: "idle", limitMs: 3_000 });
  });

  it("let a run go on to which bytes come, whatever they are, and end it when none come any more", () => {
    deadlines.begin();
    pass(9_000, 500, { ...heartbeat(false), receiving: true } as RunnerRecord);
    expect(ending.cause).toBeUndefined();
    pass(3_000, 500, heartbeat(false));
    expect(ending.cause).toEqual({ kind: "deadline", deadline: "idle", limitMs: 3_000 });
  });

  it("tell a runner that hangs from one that is idle", () => {
    deadlines.begin();
    vi.advanceTimersByTime(3_000);
    expect(ending.cause).toEqual({ kind: "unresponsive", silentMs: 3_000 });
  });

  it("tell a runner that hangs just after a heartbeat from one that is idle", () => {
    deadlines.begin();
    pass(1_500, 500, heartbeat(false));
    vi.advanceTimersByTime(1_500);
    expect(ending.cause).toBeUndefined();
    vi.advanceTimersByTime(1_500);
    expect(ending.cause).toEqual({ kind: "unresponsive", silentMs: 3_000 });
  });

  it("call a runner idle that is heard again while it is listened to", () => {
    deadlines.begin();
    pass(1_500, 500, heartbeat(false));
    vi.advanceTimersByTime(2_500);
    deadlines.observe(heartbeat(false));
    vi.advanceTimersByTime(500);
    expect(ending.cause).toEqual({ kind: "deadline", deadline: "idle", limitMs: 3_000 });
  });

  it("let a stream that dribbles live, until the total time is over", () => {
    deadlines.begin();
    pass(17_000, 2_900, delta);
    expect(ending.cause).toBeUndefined();
    vi.advanceTimersByTime(2_600);
    expect(ending.cause).toMatchObject({ deadline: "total" });
  });

  it("take a tool for progress as long as it is at work, and no longer", () => {
    deadlines.begin();
    pass(10_000, 500, heartbeat(true));
    expect(ending.cause).toBeUndefined();
    pass(3_000, 500, heartbeat(false));
    expect(ending.cause).toMatchObject({ deadline: "idle" });
  });

  it("do not run while the attempt is paused, but for the total time", () => {
    deadlines.begin();
    deadlines.observe(request);
    deadlines.pause();
    vi.advanceTimersByTime(10_000);
    expect(ending.cause).toBeUndefined();
    deadlines.resume();
    vi.advanceTimersByTime(999);
    expect(ending.cause).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(ending.cause).toMatchObject({ deadline: "first_byte" });
  });

  it("end an attempt that stays paused for too long, counted from each pause", () => {
    deadlines.stop();
    deadlines = new Deadlines({ ...LIMITS, totalMs: 1_000_000 }, ending);
    deadlines.begin();
    deadlines.pause(60_000);
    vi.advanceTimersByTime(59_999);
    deadlines.resume();
    deadlines.pause(60_000);
    vi.advanceTimersByTime(59_999);
    expect(ending.cause).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(ending.cause).toEqual({ kind: "deadline", deadline: "paused", limitMs: 60_000 });
  });

  it("end a paused attempt when the total time is over", () => {
    deadlines.begin();
    deadlines.pause();
    vi.advanceTimersByTime(20_000);
    expect(ending.cause).toMatchObject({ deadline: "total" });
  });
});
