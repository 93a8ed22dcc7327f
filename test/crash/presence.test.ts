import { hostname } from "node:os";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { PATIENCE, Stage } from "./stage.ts";

describe("the list of workers", () => {
  it("tells of each worker who it is, what it runs and how it is, and loses one that was killed", async () => {
    await using stage = await Stage.set({ workers: 2, env: { PIFLEET_CONCURRENCY: "1" } });
    const gate = stage.gate();
    stage.models.enqueue(toolCall("bash", { command: gate.command }), text("Done."), text("Done."));
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    const ids = async () => (await stage.fleet.client.workers.list()).map((listed) => listed.id).sort();
    expect(await ids()).toEqual(stage.fleet.workers.map((started) => started.id).sort());
    const entry = async () => (await stage.fleet.client.workers.list()).find((listed) => listed.id === worker.id);
    await expect.poll(async () => (await entry())?.running, PATIENCE).toEqual([id]);
    expect(await entry()).toEqual({
      id: worker.id,
      host: hostname(),
      pid: worker.pid,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      concurrency: 1,
      running: [id],
      rssBytes: expect.any(Number),
      load: expect.any(Number),
      draining: false,
      models: expect.stringMatching(/^[0-9a-f]{16}$/),
      heartbeatAt: expect.stringMatching(/^\d{4}-.*Z$/),
      warm: expect.any(Number),
      containment: expect.stringMatching(/^(cgroup|process-group)/),
    });

    worker.kill("SIGKILL");
    await expect.poll(ids, PATIENCE).not.toContain(worker.id);
    await gate.open();
    await stage.end(id);
  });

  it("keeps a worker that only stands still for a moment, and knows it again when it goes on", async () => {
    await using stage = await Stage.set({ workers: 2 });
    const [worker] = stage.fleet.workers;
    const entry = async () => (await stage.fleet.client.workers.list()).find((listed) => listed.id === worker?.id);
    worker?.kill("SIGSTOP");
    const before = await entry();
    worker?.kill("SIGCONT");
    await expect.poll(async () => (await entry())?.heartbeatAt, PATIENCE).not.toBe(before?.heartbeatAt);
  });
});
