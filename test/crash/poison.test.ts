import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it, vi } from "vitest";
import { ENDLESS_LEASE, endings, Stage } from "./stage.ts";

// Up to six processes start one after the other.
vi.setConfig({ testTimeout: 180_000 });

/** Kills the process that has started the runner. */
const KILLS_WORKER = "kill -9 $(cut -d' ' -f4 /proc/$PPID/stat); sleep 300";

describe("an invocation under which workers die", () => {
  it("costs two of them, then runs in a process of its own, and fails when that dies as well", async () => {
    await using stage = await Stage.set({ workers: 3, env: ENDLESS_LEASE });
    stage.models.otherwise(() => toolCall("bash", { command: KILLS_WORKER }));
    const id = await stage.submit({ limits: { maxAttempts: 20 } });
    const record = await stage.end(id);
    expect(record).toMatchObject({
      status: "failed",
      error: { code: "worker_killed", retryable: false, help: expect.stringContaining("event log") },
    });
    expect(endings(record)).toEqual(["worker_lost", "worker_lost", "worker_lost"]);
    expect(stage.fleet.workers.filter(({ alive }) => alive)).toHaveLength(1);
    await stage.cleared();
  });

  it("costs others no attempt", async () => {
    await using stage = await Stage.set({ workers: 1, env: { ...ENDLESS_LEASE, PIFLEET_CONCURRENCY: "2" } });
    const gate = stage.gate();
    stage.models.otherwise(({ body }) =>
      JSON.stringify(body).includes("passed") ? text("Done.") : toolCall("bash", { command: gate.command }),
    );
    const id = await stage.submit({ limits: { maxAttempts: 1 } });
    const worker = await stage.worksOn(id);
    await stage.fleet.startWorker();
    worker.kill("SIGKILL");
    await gate.open();
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Done." });
    expect(endings(record)).toEqual(["worker_lost", "succeeded"]);
  });

  it("succeeds in its own process when it was not to blame, and can be cancelled there", async () => {
    await using stage = await Stage.set({ workers: 1, env: ENDLESS_LEASE });
    const gate = stage.gate();
    stage.models.otherwise(({ body }) =>
      JSON.stringify(body).includes("passed") ? text("Done.") : toolCall("bash", { command: gate.command }),
    );
    const [id, other] = [await stage.submit(), await stage.submit()];
    for (const attempt of [1, 2]) {
      const worker = await stage.worksOn(id, attempt);
      await stage.event(other, "tool.output", attempt);
      await stage.fleet.startWorker();
      worker.kill("SIGKILL");
    }
    await stage.event(id, "tool.output", 3);
    await stage.event(other, "tool.output", 3);
    await stage.fleet.client.invocations.cancel(other);
    expect(await stage.end(other)).toMatchObject({ status: "cancelled" });
    await gate.open();
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Done." });
    expect(endings(record)).toEqual(["worker_lost", "worker_lost", "succeeded"]);
    await stage.cleared();
  });

  it("is given back by its own process when its worker drains, and when that is killed", async () => {
    await using stage = await Stage.set({ workers: 1, env: ENDLESS_LEASE });
    const gate = stage.gate();
    stage.models.otherwise(({ body }) =>
      JSON.stringify(body).includes("passed") ? text("Done.") : toolCall("bash", { command: gate.command }),
    );
    const id = await stage.submit();
    const signals = ["SIGKILL", "SIGKILL", "SIGTERM", "SIGKILL"] as const;
    for (const [i, signal] of signals.entries()) {
      await stage.event(id, "tool.output", i + 1);
      const worker = stage.fleet.workers.findLast(({ alive }) => alive);
      await stage.fleet.startWorker();
      worker?.kill(signal);
    }
    await stage.event(id, "tool.output", signals.length + 1);
    await gate.open();
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Done." });
    expect(endings(record)).toEqual(["worker_lost", "worker_lost", "handed_back", "handed_back", "succeeded"]);
    await stage.cleared();
  });
});
