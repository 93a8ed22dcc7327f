import { setTimeout } from "node:timers/promises";
import { RedisServer } from "@pifleet/testkit";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { Link } from "../fleet/link.ts";
import { endings, PATIENCE, Stage } from "./stage.ts";

const DURABLE = ["--appendonly", "yes"];
const FREEZE_MS = 3_000;

/** Two workers, reached by a link, with runs under way, which must all come to their end as if nothing had been. */
async function undisturbedBy(disturb: (redis: RedisServer, link: Link) => Promise<void>): Promise<void> {
  await using redis = await RedisServer.reserve();
  await redis.start(...DURABLE);
  await using link = await Link.to(redis.port);
  await using stage = await Stage.set({ workers: 2, redisUrl: link.redisUrl });
  const gate = stage.gate();
  stage.models.otherwise(({ body }) =>
    JSON.stringify(body).includes("passed") ? text("Done.") : toolCall("bash", { command: gate.command }),
  );
  const ids = await Promise.all([1, 2, 3].map(() => stage.submit()));
  for (const id of ids) await stage.worksOn(id);

  await disturb(redis, link);
  await expect.poll(() => stage.fleet.api.isReady(), PATIENCE).toBe(true);
  await gate.open();
  for (const id of ids) {
    const record = await stage.end(id);
    expect(record.status).toBe("succeeded");
    expect(endings(record)).toEqual(["succeeded"]);
  }
  await stage.cleared();
}

describe("no invocation is taken from a worker that lives", () => {
  it("when Redis stands still for three seconds", async () => {
    await undisturbedBy(async (redis) => {
      redis.freeze();
      await setTimeout(FREEZE_MS);
      redis.thaw();
    });
  });

  it("when Redis is started again with what it had written", async () => {
    await undisturbedBy(async (redis) => {
      await redis.stop();
      await redis.start(...DURABLE);
    });
  });

  it("when all connections to Redis break", async () => {
    await undisturbedBy(async (_redis, link) => link.cut());
  });

  it("when nothing gets through to Redis for three seconds", async () => {
    await undisturbedBy(async (_redis, link) => {
      link.silence();
      await setTimeout(FREEZE_MS);
      link.heal();
    });
  });
});
