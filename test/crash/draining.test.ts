import { slow, text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { processesOfRuns } from "../fleet/processes.ts";
import { ENDLESS_LEASE, endings, PATIENCE, Stage } from "./stage.ts";

const LONG_GRACE = { PIFLEET_GRACE_MS: "60000" };

describe("a worker that is told to stop", () => {
  it("lets what runs end within the grace period, and claims nothing new", async () => {
    await using stage = await Stage.set({ env: { ...ENDLESS_LEASE, ...LONG_GRACE, PIFLEET_CONCURRENCY: "2" } });
    const gate = stage.gate();
    stage.models.enqueue(toolCall("bash", { command: gate.command }), text("Done."));
    const first = await stage.submit();
    const worker = await stage.worksOn(first);
    worker.kill("SIGTERM");
    await worker.logged("draining");
    const { workers } = stage.fleet.client;
    await expect.poll(() => workers.list(), PATIENCE).toMatchObject([{ draining: true, running: [first] }]);
    const second = await stage.submit();
    await gate.open();
    expect(await stage.end(first)).toMatchObject({ status: "succeeded", attempt: 1 });
    expect(await worker.exited()).toBe(0);
    await stage.cleared();
    expect(await stage.fleet.client.invocations.get(second)).toMatchObject({ status: "queued", attempt: 0 });
  });

  it("gives back what has not ended by then, and that does not count as an attempt", async () => {
    await using stage = await Stage.set({ workers: 2, env: ENDLESS_LEASE });
    stage.models.enqueue(
      toolCall("bash", { command: "trap '' TERM; setsid sleep 300 & echo begun; sleep 301" }),
      text("Done."),
    );
    const id = await stage.submit({ limits: { maxAttempts: 1 } });
    const worker = await stage.worksOn(id);
    worker.kill("SIGTERM");
    expect(await worker.exited()).toBe(0);
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Done." });
    expect(endings(record)).toEqual(["handed_back", "succeeded"]);
    expect(record.attempts[1]?.worker).not.toBe(worker.id);
    await stage.cleared();
  });

  it("leaves the list of workers", async () => {
    await using stage = await Stage.set({ workers: 2 });
    const [one, other] = stage.fleet.workers;
    expect(await one?.stop()).toBe(0);
    expect((await stage.fleet.client.workers.list()).map(({ id }) => id)).toEqual([other?.id]);
  });

  it("twice, ends at once and leaves no process and no workspace", async () => {
    await using stage = await Stage.set({ env: { ...ENDLESS_LEASE, ...LONG_GRACE } });
    stage.models.enqueue(
      toolCall("bash", { command: "trap '' TERM; setsid sleep 300 & echo begun; sleep 301" }),
      text("Elsewhere."),
    );
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    worker.kill("SIGTERM");
    await worker.logged("draining");
    worker.kill("SIGTERM");
    expect(await worker.exited()).not.toBe(0);
    expect(processesOfRuns(stage.fleet.workspaces)).toEqual([]);
    expect(stage.fleet.remains()).toEqual([]);
    await stage.fleet.startWorker();
    expect(endings(await stage.end(id))).toEqual(["worker_lost", "succeeded"]);
  });

  it("while it waits for Redis, ends", async () => {
    await using stage = await Stage.set({ workers: 0 });
    const worker = stage.fleet.launchWorker({ REDIS_URL: "redis://127.0.0.1:1" });
    await worker.logged("Redis cannot be reached");
    expect([0, "SIGTERM"]).toContain(await worker.stop());
  });

  it("by itself, when it was started to drain the queue, ends when nothing is left to do", async () => {
    await using stage = await Stage.set({ workers: 0 });
    const ids = await Promise.all([1, 2, 3].map(() => stage.submit()));
    const worker = stage.fleet.launchWorker({ PIFLEET_CONCURRENCY: "1" }, ["--drain-on-idle"]);
    expect(await worker.exited()).toBe(0);
    for (const id of ids) expect(await stage.fleet.client.invocations.get(id)).toMatchObject({ status: "succeeded" });
    await stage.cleared();
  });
});

describe("an API that is told to stop", () => {
  it("answers who waits for an invocation with how it stands, and ends streams where another API goes on", async () => {
    await using stage = await Stage.set({ apis: 2 });
    const [one, other] = stage.fleet.apis;
    if (!one || !other) throw new Error("There are two");
    stage.models.enqueue(slow(150, "An answer that takes longer than the API is there, for it is a long one."));
    const id = await stage.submit();
    await stage.event(id, "message.delta");
    const waiting = one.fetch(`/v1/invocations/${id}?wait=60`);
    const stream = await one.fetch(`/v1/invocations/${id}/events`, { headers: { accept: "text/event-stream" } });
    const seen = stream.text();
    one.kill("SIGTERM");
    expect(await (await waiting).json()).toMatchObject({ id, status: "running" });
    const ids = Array.from((await seen).matchAll(/^id: ?(.+)$/gm), ([, eventId]) => eventId);
    expect(await one.exited()).toBe(0);

    const rest = [];
    for await (const event of other.client.invocations.stream(id, { after: ids.at(-1) })) rest.push(event.id);
    const all = [];
    for await (const event of other.client.invocations.stream(id)) all.push(event.id);
    expect([...ids, ...rest]).toEqual(all);
  });
});
