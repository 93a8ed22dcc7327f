import { setTimeout } from "node:timers/promises";
import { FAKE_API_KEY, text, toolCall } from "@pifleet/testkit/model-server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { endings, PATIENCE, Stage } from "./stage.ts";

const AWAY_MS = import.meta.env.MODE === "whole" ? 60_000 : 15_000;
const RUNS = import.meta.env.MODE === "whole" ? 50 : 12;

// The runs that were queued meanwhile come after the wait.
vi.setConfig({ testTimeout: AWAY_MS + 120_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set({ env: { PIFLEET_CONCURRENCY: "4" } });
  stage.models.otherwise(({ body }) =>
    JSON.stringify(body).includes('"role":"tool"') ? text("Done.") : toolCall("bash", { command: "sleep 0.2" }),
  );
});
afterAll(() => stage?.[Symbol.asyncDispose]());

describe("a provider that cannot be reached for a while", () => {
  it("fails nobody: runs that it had answered wait in their runners, and the others come back later", async () => {
    const ids = await Promise.all(Array.from({ length: RUNS }, () => stage.submit()));
    await stage.models.requested(2);
    const comeBack = await stage.models.leave();
    await setTimeout(AWAY_MS);
    await comeBack();
    const records = await Promise.all(ids.map((id) => stage.end(id)));
    expect(records.map(({ status }) => status)).toEqual(records.map(() => "succeeded"));
    const ends = new Set(records.flatMap(endings));
    expect(ends).toEqual(new Set(["provider_unavailable", "succeeded"]));
  });

  it("holds the others of it, which lose no attempt, and lets other providers pass", async () => {
    const comeBack = await stage.models.leave();
    const ids = await Promise.all(Array.from({ length: RUNS }, () => stage.submit()));
    const { queue } = stage.fleet.client;
    await expect.poll(async () => (await queue.get()).providers, PATIENCE).toHaveLength(1);
    const [provider] = (await queue.get()).providers;
    expect(provider).toMatchObject({ provider: "fake", reason: "provider_unavailable" });
    expect(JSON.stringify(provider)).not.toContain(FAKE_API_KEY);
    const metrics = await fetch(`${stage.fleet.url}/metrics`);
    expect(await metrics.text()).toContain('pifleet_provider_held{provider="fake"} 1');
    expect(await stage.end(await stage.submit({ model: "demo/scripted" }))).toMatchObject({ status: "succeeded" });
    expect((await queue.get()).providers).toHaveLength(1);
    const waiting = await Promise.all(ids.map((id) => stage.fleet.client.invocations.get(id)));
    const untried = waiting.filter(({ status, attempts }) => status === "queued" && attempts.length === 0);
    const reasons = untried.flatMap(({ waitingFor }) => waitingFor?.reason ?? []);
    expect(reasons).toContain("provider");
    await comeBack();
    const records = await Promise.all(ids.map((id) => stage.end(id)));
    expect(records.map(({ status }) => status)).toEqual(records.map(() => "succeeded"));
    const untouched = records.filter(({ attempts }) => attempts.length === 1);
    expect(untouched.length).toBeGreaterThan(0);
    expect((await queue.get()).providers).toEqual([]);
  });

  it("is named with its address and the cause when the patience is over", async () => {
    const comeBack = await stage.models.leave();
    const record = await stage.end(await stage.submit({ limits: { providerPatienceMs: 1_000 } }));
    await comeBack();
    expect(record).toMatchObject({
      status: "failed",
      error: {
        code: "provider_unavailable",
        message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1 cannot be reached \(ECONNREFUSED\)$/),
      },
    });
  });
});
