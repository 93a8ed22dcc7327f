import { RedisServer } from "@pifleet/testkit";
import { text } from "@pifleet/testkit/model-server";
import { expect, test } from "vitest";
import { Stage } from "../crash/stage.ts";

test("the log names misspelt settings, tells what each attempt took, and when Redis is back", async () => {
  await using redis = await RedisServer.reserve();
  await redis.start("--appendonly", "yes");
  await using stage = await Stage.set({ redisUrl: redis.url, env: { PIFLEET_CONCURENCY: "3" } });
  const [worker] = stage.fleet.workers;
  if (!worker) throw new Error("There is one");
  for (const service of [worker, stage.fleet.api]) {
    const warning = await service.said(/PIFLEET_CONCURENCY/);
    expect(warning).toMatchObject({ level: "warn", msg: expect.stringContaining("did you mean PIFLEET_CONCURRENCY?") });
    expect(warning.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }

  stage.models.enqueue(text("Done."));
  const id = await stage.submit();
  const { usage } = await stage.end(id);
  expect(await worker.logged("attempt ended")).toMatchObject({
    level: "info",
    invocation: id,
    ended: "succeeded",
    tenant: "default",
    model: "fake/test",
    durationMs: expect.any(Number),
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    costUsd: usage.costUsd,
  });

  await redis.stop();
  for (const service of [worker, stage.fleet.api]) await service.logged("Redis cannot be reached");
  await redis.start("--appendonly", "yes");
  for (const service of [worker, stage.fleet.api])
    expect(await service.logged("Redis is back")).toMatchObject({ level: "info", awayMs: expect.any(Number) });
});
