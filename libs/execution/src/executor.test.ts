import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import {
  type Backend,
  type Claim,
  type Event,
  type Invocation,
  NO_USAGE,
  type Output,
  type OwedSpans,
  Redactor,
  UnavailableError,
} from "@pifleet/invocation";
import { createMemoryBackend, MemoryArtifactStore } from "@pifleet/testkit";
import { type RunnerScript, ScriptedRuntime } from "@pifleet/testkit/runtime";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Executor } from "./executor.ts";
import type { ExecutionPorts } from "./ports.ts";

const SECRET = "correct-horse-battery";

let backend: Backend;
let artifacts: MemoryArtifactStore;
let runtime: ScriptedRuntime;
let executor: Executor;
let script: RunnerScript;
let settled: OwedSpans[];
let apart: ExecutionPorts["startApart"];

/** A claim that a test can lose, or put in doubt. */
function claimOf({ id, carrier }: Invocation) {
  const lost = new AbortController();
  const listeners = new Set<(inDoubt: boolean) => void>();
  const claim = {
    id,
    carrier,
    lost: lost.signal,
    onDoubt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    renew: vi.fn(async () => !lost.signal.aborted),
    complete: vi.fn(async () => undefined),
    release: vi.fn(async (_delayMs?: number) => undefined),
  } satisfies Claim;
  const doubt = (inDoubt: boolean) => {
    for (const listener of listeners) listener(inDoubt);
  };
  return { claim, lose: () => lost.abort(), doubt };
}

function ports(): ExecutionPorts {
  return {
    ...backend,
    runtime,
    artifacts,
    artifactLimits: { files: 10, fileBytes: 1_000, totalBytes: 5_000 },
    pauseLimitMs: 60_000,
    modelAccess: () => ({ kind: "ready", provider: "demo", model: "scripted" }),
    accounts: {},
    redactor: new Redactor([SECRET]),
    tracing: { isSampled: () => true, content: () => undefined },
    measures: { observe: () => undefined, count: () => undefined },
    onSettled: (owed) => settled.push(owed),
    startApart: (id) => apart(id),
    onFault: (error) => {
      throw error;
    },
  };
}

async function submit(...sample: Parameters<typeof sampleInvocation>): Promise<Invocation> {
  const invocation = sampleInvocation(...sample);
  await backend.store.create(invocation);
  return invocation;
}

async function stored({ id }: Invocation): Promise<Invocation> {
  const invocation = await backend.store.get("default", id);
  if (!invocation) throw new Error(`${id} is not there`);
  return invocation;
}

async function logged({ id }: Invocation): Promise<Event[]> {
  return (await backend.events.read(id, { limit: 1_000 })).events;
}

beforeEach(() => {
  backend = createMemoryBackend({ retentionMs: 60_000 });
  artifacts = new MemoryArtifactStore();
  settled = [];
  apart = () => {
    throw new Error("nothing is to be run apart");
  };
  script = async (runner) => {
    await runner.task;
    runner.say({ type: "turn.started", turn: 1 });
    runner.finish({ output: "done" });
  };
  runtime = new ScriptedRuntime((runner) => script(runner));
  executor = new Executor(ports(), { worker: "wrk_1", leaseMs: 60_000 });
});
afterEach(() => backend.close());

describe("the execution of a claim", () => {
  it("settles with its spans, removes the workspace, gives up the claim and tells that it has settled", async () => {
    const invocation = await submit();
    const { claim } = claimOf(invocation);
    await executor.execute(claim);
    expect(await stored(invocation)).toMatchObject({
      status: "succeeded",
      output: "done",
      trace: { export: { status: "pending" } },
    });
    expect(runtime.runners[0]?.disposed).toBe(true);
    expect(claim.complete).toHaveBeenCalledOnce();
    expect(settled).toEqual([{ id: invocation.id, attempt: 1 }]);
    expect((await backend.spans.read(invocation.id)).map(({ name }) => name)).toEqual([
      "process invocations",
      "invoke_agent demo/scripted",
      "turn 1",
    ]);
    expect(await backend.spans.journal(invocation.id, 1)).toEqual([]);
  });

  it("does nothing for an invocation that has ended", async () => {
    const invocation = await submit();
    await backend.store.cancel("default", invocation.id);
    const { claim } = claimOf(invocation);
    await executor.execute(claim);
    expect(runtime.launches).toEqual([]);
    expect(claim.complete).toHaveBeenCalledOnce();
  });

  it("gives the claim back when the attempt could not be started in time", async () => {
    const invocation = await submit();
    const { claim } = claimOf(invocation);
    backend.store.start = () => Promise.reject(new UnavailableError("too late"));
    const patient = new Executor({ ...ports(), onFault: () => undefined }, { worker: "wrk_1", leaseMs: 60_000 });
    await patient.execute(claim);
    expect(claim.release).toHaveBeenCalledOnce();
    expect(runtime.launches).toEqual([]);
  });

  it("lets the runner stand still while the claim is in doubt, tells so in the log, and goes on", async () => {
    const invocation = await submit();
    const { claim, doubt } = claimOf(invocation);
    script = async (runner) => {
      await runner.task;
      doubt(true);
      await expect.poll(() => runner.suspended).toBe(true);
      expect(claim.renew).toHaveBeenCalledOnce();
      doubt(false);
      await expect.poll(() => runner.suspended).toBe(false);
      runner.finish({ output: "done" });
    };
    await executor.execute(claim);
    expect(await stored(invocation)).toMatchObject({ status: "succeeded", output: "done" });
    expect(await logged(invocation)).toContainEqual(
      expect.objectContaining({ type: "log", level: "warn", message: expect.stringMatching(/stood still for/) }),
    );
    const names = (await backend.spans.read(invocation.id)).flatMap(({ events }) => events.map(({ name }) => name));
    expect(names).toEqual(["suspend", "continue"]);
  });

  it("lets a runner stand still that is paused when a doubt is over, and in doubt when a pause is over", async () => {
    const invocation = await submit();
    const { claim, doubt } = claimOf(invocation);
    const seen: boolean[] = [];
    const standing = async (runner: { suspended: boolean }, act: () => unknown) => {
      await act();
      executor.wake(invocation.id);
      // What was asked for is done when the change that follows it has been.
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(runner.suspended);
    };
    script = async (runner) => {
      await runner.task;
      await standing(runner, () => doubt(true));
      await standing(runner, () => backend.store.pause("default", invocation.id));
      await standing(runner, () => doubt(false));
      await standing(runner, () => doubt(true));
      await standing(runner, () => backend.store.resume("default", invocation.id));
      await standing(runner, () => doubt(false));
      runner.finish({ output: "done" });
    };
    await executor.execute(claim);
    expect(seen).toEqual([true, true, true, true, true, false]);
  });

  it("settles what was done when the store is back, unless the claim is lost by then", async () => {
    const invocation = await submit();
    const { claim } = claimOf(invocation);
    const settle = vi.spyOn(backend.store, "settle").mockRejectedValueOnce(new UnavailableError("away"));
    const patient = new Executor({ ...ports(), onFault: () => undefined }, { worker: "wrk_1", leaseMs: 60_000 });
    await patient.execute(claim);
    expect(settle).toHaveBeenCalledTimes(2);
    expect(await stored(invocation)).toMatchObject({ status: "succeeded", output: "done" });

    const other = await submit();
    const lost = claimOf(other);
    settle.mockImplementation(async () => {
      lost.lose();
      throw new UnavailableError("away");
    });
    await patient.execute(lost.claim);
    expect(await stored(other)).toMatchObject({ status: "running" });
  });

  it("kills the runner and writes nothing more when the claim is lost", async () => {
    const invocation = await submit();
    const { claim, lose } = claimOf(invocation);
    script = async (runner) => {
      await runner.task;
      lose();
      await runner.exited;
    };
    await executor.execute(claim);
    expect(runtime.runners[0]?.disposed).toBe(true);
    expect(await stored(invocation)).toMatchObject({ status: "running", attempts: [{ ended: null }] });
    expect((await logged(invocation)).map(({ type }) => type)).toEqual(["invocation.queued", "attempt.started"]);
    expect(claim.complete).not.toHaveBeenCalled();
    expect(claim.release).not.toHaveBeenCalled();
    expect(settled).toEqual([]);
    expect(await backend.spans.read(invocation.id)).toEqual([]);
  });

  it("writes nothing once a newer attempt has taken over", async () => {
    const invocation = await submit();
    const { claim } = claimOf(invocation);
    script = async (runner) => {
      await runner.task;
      await backend.store.start(invocation.id, "wrk_2");
      runner.say({ type: "message.completed", text: "a stale word", usage: NO_USAGE });
      await runner.exited;
    };
    await executor.execute(claim);
    expect(await stored(invocation)).toMatchObject({ status: "running", attempt: 2 });
    expect(JSON.stringify(await logged(invocation))).not.toContain("stale");
  });

  it("puts the invocation back after a crash, and fails it when the attempts are used up", async () => {
    const invocation = await submit({ limits: { maxAttempts: 2 } });
    script = async (runner) => {
      await runner.task;
      runner.exit({ code: null, signal: "SIGKILL" });
    };
    const first = claimOf(invocation);
    await executor.execute(first.claim);
    expect(first.claim.release).toHaveBeenCalledWith(0);
    expect((await stored(invocation)).status).toBe("queued");
    const second = claimOf(invocation);
    await executor.execute(second.claim);
    expect(second.claim.complete).toHaveBeenCalledOnce();
    expect(await stored(invocation)).toMatchObject({
      status: "failed",
      error: { code: "runner_crashed" },
      attempts: [{ ended: "runner_crashed" }, { ended: "runner_crashed" }],
    });
  });

  it("fails an invocation whose runner exits badly after a perfect result", async () => {
    const invocation = await submit({ limits: { maxAttempts: 1 } });
    script = async (runner) => {
      await runner.task;
      runner.finish({ output: "perfect" });
      runner.exit({ code: 3, stderrTail: "it broke at the very end" });
    };
    await executor.execute(claimOf(invocation).claim);
    const { status, error } = await stored(invocation);
    expect(status).toBe("failed");
    expect(error).toMatchObject({ code: "runner_crashed", message: expect.stringContaining("exited with code 3") });
    expect(error?.message).toContain("it broke at the very end");
  });

  it("says that a runner which could not be launched has crashed, and traces it", async () => {
    const invocation = await submit({ limits: { maxAttempts: 1 } });
    runtime.failLaunches("there are too many processes");
    await executor.execute(claimOf(invocation).claim);
    expect((await stored(invocation)).error).toMatchObject({
      code: "runner_crashed",
      message: "there are too many processes",
    });
    const failed = { status: { code: "error" }, attributes: { "error.type": "runner_crashed" } };
    expect(await backend.spans.read(invocation.id)).toMatchObject([failed, failed]);
  });

  it("keeps a journal of the spans while the attempt runs", async () => {
    const invocation = await submit();
    script = async (runner) => {
      await runner.task;
      runner.say({ type: "turn.started", turn: 1 });
      await expect.poll(() => backend.spans.journal(invocation.id, 1)).toHaveLength(3);
      runner.finish({ output: "done" });
    };
    await executor.execute(claimOf(invocation).claim);
    expect((await stored(invocation)).status).toBe("succeeded");
  });

  it("gives the runner the trace that its requests are joined to", async () => {
    const invocation = await submit({}, { carrier: { tracestate: "vendor=1" } });
    const task = Promise.withResolvers<unknown>();
    script = async (runner) => {
      task.resolve((await runner.task).trace);
      runner.finish({ output: "done" });
    };
    await executor.execute(claimOf(invocation).claim);
    expect(await task.promise).toEqual({ traceId: invocation.trace.traceId, sampled: true, tracestate: "vendor=1" });
  });

  it("keeps what a cancelled run had", async () => {
    const invocation = await submit();
    script = async (runner) => {
      await runner.task;
      runner.say({ type: "turn.started", turn: 1 });
      runner.say({ type: "message.delta", channel: "text", text: "Half an ans" });
      await backend.store.cancel("default", invocation.id);
      executor.wake(invocation.id);
      await runner.exited;
    };
    await executor.execute(claimOf(invocation).claim);
    expect(await stored(invocation)).toMatchObject({ status: "cancelled", output: "Half an ans", usage: { turns: 1 } });
  });

  it("tells in a last message what a request took that was cut before its message was whole", async () => {
    const invocation = await submit();
    const usage = { inputTokens: 120, outputTokens: 7, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0.001 };
    script = async (runner) => {
      await runner.task;
      runner.say({ type: "turn.started", turn: 1 });
      runner.say({ type: "request.ended", stopReason: "toolUse", usage });
      runner.say({ type: "message.completed", text: "First", usage });
      runner.say({ type: "message.delta", channel: "text", text: "Half" });
      runner.say({ type: "request.ended", stopReason: "aborted", usage });
      await backend.store.cancel("default", invocation.id);
      executor.wake(invocation.id);
      await runner.exited;
    };
    await executor.execute(claimOf(invocation).claim);
    const record = await stored(invocation);
    expect(record?.usage).toMatchObject({ inputTokens: 240, outputTokens: 14, costUsd: 0.002, turns: 1 });
    const { events } = await backend.events.read(invocation.id, { limit: 100 });
    expect(events.filter(({ type }) => type === "message.completed")).toMatchObject([
      { text: "First", usage },
      { text: "Half", usage },
    ]);
  });

  it("takes nothing for the agent's doing that its runner does while it is killed", async () => {
    const invocation = await submit();
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ["Date"] });
    script = async (runner) => {
      await runner.task;
      runner.say({ type: "turn.started", turn: 1 });
      executor.handBackAll();
      vi.setSystemTime(Date.now() + 10);
      runner.say({ type: "turn.started", turn: 2 });
      await runner.exited;
    };
    await executor.execute(claimOf(invocation).claim);
    const names = (await backend.spans.read(invocation.id)).map(({ name }) => name);
    expect(names).toContain("turn 1");
    expect(names).not.toContain("turn 2");
  });

  it("hands back what runs when the worker drains, which does not count as an attempt", async () => {
    const invocation = await submit({ limits: { maxAttempts: 1 } });
    script = async (runner) => {
      await runner.task;
      executor.handBackAll();
      await runner.exited;
    };
    const { claim } = claimOf(invocation);
    await executor.execute(claim);
    expect(claim.release).toHaveBeenCalledWith(0);
    expect(await stored(invocation)).toMatchObject({ status: "queued", attempts: [{ ended: "handed_back" }] });
  });

  it("leaves an invocation under which workers died to a process of its own, and holds the claim meanwhile", async () => {
    const invocation = await submit();
    for (const worker of ["wrk_2", "wrk_3"]) await backend.store.start(invocation.id, worker);
    const ended = Promise.withResolvers<{ kind: "release"; delayMs: number }>();
    const run = {
      ended: ended.promise,
      handBack: vi.fn(() => ended.resolve({ kind: "release", delayMs: 7 })),
      kill: vi.fn(),
      setInDoubt: vi.fn(),
    };
    apart = vi.fn(() => run);
    const { claim } = claimOf(invocation);
    const impatient = new Executor(ports(), { worker: "wrk_1", leaseMs: 40 });
    const execution = impatient.execute(claim);
    await expect.poll(() => claim.renew).toHaveBeenCalled();
    impatient.handBackAll();
    await execution;
    expect(apart).toHaveBeenCalledWith(invocation.id);
    expect(claim.release).toHaveBeenCalledWith(7);
    expect(run.kill).not.toHaveBeenCalled();
    expect(runtime.launches).toEqual([]);
  });

  it("kills the process of its own when the claim is lost", async () => {
    const invocation = await submit();
    for (const worker of ["wrk_2", "wrk_3"]) await backend.store.start(invocation.id, worker);
    const ended = Promise.withResolvers<null>();
    const { claim, lose } = claimOf(invocation);
    apart = () => {
      queueMicrotask(lose);
      return {
        ended: ended.promise,
        handBack: () => undefined,
        setInDoubt: () => undefined,
        kill: () => ended.resolve(null),
      };
    };
    await executor.execute(claim);
    expect(claim.release).not.toHaveBeenCalled();
  });

  it("fails when the event log refuses for good what the run reports", async () => {
    const invocation = await submit();
    const offered = vi.spyOn(backend.events, "append").mockRejectedValue(new Error("WRONGTYPE"));
    script = async (runner) => {
      await runner.task;
      runner.say({ type: "turn.started", turn: 1 });
      await runner.exited;
    };
    const tolerant = new Executor({ ...ports(), onFault: () => undefined }, { worker: "wrk_1", leaseMs: 60_000 });
    await tolerant.execute(claimOf(invocation).claim);
    expect(offered).toHaveBeenCalledTimes(5);
    const { status, error } = await stored(invocation);
    expect({ status, code: error?.code }).toEqual({ status: "failed", code: "internal" });
    expect(error?.message).toContain("The event log refused what the run reported: Error: WRONGTYPE");
  });

  it("fails when its outcome is refused for good", async () => {
    const invocation = await submit();
    vi.spyOn(backend.store, "settle").mockRejectedValueOnce(new Error("too large"));
    const tolerant = new Executor({ ...ports(), onFault: () => undefined }, { worker: "wrk_1", leaseMs: 60_000 });
    await tolerant.execute(claimOf(invocation).claim);
    expect(await stored(invocation)).toMatchObject({
      status: "failed",
      output: null,
      error: { code: "internal", message: "The outcome could not be stored: Error: too large" },
    });
  });

  it("lets no secret into the record, the events or the spans", async () => {
    const invocation = await submit({ limits: { maxAttempts: 1 } });
    script = async (runner) => {
      await runner.task;
      for (const text of ["It is correct-", "horse-battery, ", "I think."]) {
        runner.say({ type: "message.delta", channel: "text", text });
      }
      runner.say({ type: "tool.started", callId: "1", name: "bash", arguments: { command: `echo ${SECRET}` } });
      runner.say({ type: "log", level: "info", message: `found ${SECRET}` });
      runner.exit({ code: 1, stderrTail: `panic: ${SECRET}` });
    };
    await executor.execute(claimOf(invocation).claim);
    const everything = JSON.stringify([
      await stored(invocation),
      await logged(invocation),
      await backend.spans.read(invocation.id),
    ]);
    expect(everything).not.toContain(SECRET);
    expect(everything).toContain("It is [redacted], I think.");
  });
});

describe("the artifacts of an attempt", () => {
  const file = (path: string, content: string): Output => ({
    kind: "file",
    path,
    bytes: Buffer.byteLength(content),
    content: Readable.from([Buffer.from(content)]),
  });

  async function held(): Promise<unknown[]> {
    const holders = [];
    for await (const { id, attempt } of artifacts.holders()) holders.push({ id, attempt });
    return holders;
  }

  it("are kept before its workspace goes, and are in the record", async () => {
    const invocation = await submit();
    script = async (runner) => {
      await runner.task;
      runner.left.push(file("report.md", "# Report"), file("data/a.csv", "1,2"));
      runner.finish({ output: "done" });
    };
    await executor.execute(claimOf(invocation).claim);
    const { artifacts: kept } = await stored(invocation);
    expect(kept.map(({ path, bytes }) => ({ path, bytes }))).toEqual([
      { path: "report.md", bytes: 8 },
      { path: "data/a.csv", bytes: 3 },
    ]);
    const holder = { id: invocation.id, attempt: 1 };
    expect(await text(artifacts.read(holder, kept[0]?.sha256 ?? ""))).toBe("# Report");
    expect(await logged(invocation)).not.toContainEqual(expect.objectContaining({ type: "log" }));
  });

  it("are kept also when it fails for good", async () => {
    const invocation = await submit({}, { limits: { ...sampleInvocation().limits, maxAttempts: 1 } });
    script = (runner) => {
      runner.left.push(file("half.txt", "half"));
      runner.exit({ code: 3 });
    };
    await executor.execute(claimOf(invocation).claim);
    expect(await stored(invocation)).toMatchObject({
      status: "failed",
      artifacts: [{ path: "half.txt", bytes: 4 }],
    });
  });

  it("are dropped when another attempt follows", async () => {
    const invocation = await submit();
    script = (runner) => {
      runner.left.push(file("half.txt", "half"));
      runner.exit({ code: 3 });
    };
    await executor.execute(claimOf(invocation).claim);
    expect(await stored(invocation)).toMatchObject({ status: "queued", artifacts: [] });
    expect(await held()).toEqual([]);
    expect(runtime.runners[0]?.disposed).toBe(true);
  });

  it("are not kept when the claim is lost meanwhile, and nothing is recorded", async () => {
    const invocation = await submit();
    const { claim, lose } = claimOf(invocation);
    script = async (runner) => {
      await runner.task;
      async function* content() {
        yield Buffer.from("first");
        lose();
        yield Buffer.from("second");
      }
      runner.left.push({ kind: "file", path: "a", bytes: 11, content: content() }, file("b", "b"));
      runner.finish({ output: "done" });
    };
    await executor.execute(claim);
    expect(await held()).toEqual([]);
    expect(await stored(invocation)).toMatchObject({ status: "running", artifacts: [] });
    expect(runtime.runners[0]?.disposed).toBe(true);
  });

  it("that are left out are told of in one event, without secrets", async () => {
    const invocation = await submit();
    script = async (runner) => {
      await runner.task;
      for (let i = 0; i < 12; i += 1)
        runner.left.push({ kind: "omitted", path: `link ${i}\n`, reason: "it is a link" });
      runner.left.push(file(`${SECRET}.txt`, "x"), file("kept", "x"));
      runner.finish({ output: "done" });
    };
    await executor.execute(claimOf(invocation).claim);
    expect((await stored(invocation)).artifacts).toMatchObject([{ path: "kept" }]);
    const told = (await logged(invocation)).filter(({ type }) => type === "log");
    expect(told).toEqual([expect.objectContaining({ level: "warn", attempt: 1 })]);
    const { message } = told[0] as { message: string };
    expect(message).toContain('"link 0\\n": it is a link; "link 1\\n"');
    expect(message).toMatch(/; and 3 more$/);
    expect(message).not.toContain(SECRET);
  });

  it("that cannot be kept change nothing about the outcome", async () => {
    const invocation = await submit();
    const faults: unknown[] = [];
    artifacts.put = () => Promise.reject(new Error("no space left"));
    script = async (runner) => {
      await runner.task;
      runner.left.push(file("report.md", "# Report"));
      runner.finish({ output: "done" });
    };
    const patient = new Executor(
      { ...ports(), onFault: (error) => void faults.push(error) },
      { worker: "wrk_1", leaseMs: 60_000 },
    );
    await patient.execute(claimOf(invocation).claim);
    expect(await stored(invocation)).toMatchObject({ status: "succeeded", artifacts: [] });
    expect(await logged(invocation)).toContainEqual(
      expect.objectContaining({ message: 'Not kept of the outputs: "report.md": it could not be kept' }),
    );
    expect(faults).toEqual([new Error("no space left")]);
  });
});
