import { once } from "node:events";
import { connect } from "node:net";
import { RedisServer } from "@pifleet/testkit";
import { toolCall } from "@pifleet/testkit/model-server";
import { expect, test } from "vitest";
import { PATIENCE, Stage } from "../crash/stage.ts";

const NEWER =
  /^The data of this fleet has the form of a newer version of Pi Fleet \(schema 99; this version knows \d+\)\. Upgrade/;
const CONFIGURATION_FAULT = 2;

/** Notes that a newer version writes this fleet's data, as its API does. */
async function noteNewerSchema(url: string, prefix: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(`SET ${prefix}:{0}:schema 99\r\n`);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toBe("+OK\r\n");
  socket.destroy();
}

test("processes that are too old for the fleet stop taking work, say why, and give back what runs", async () => {
  await using redis = await RedisServer.reserve();
  await redis.start("--appendonly", "yes");
  const prefix = "upgraded";
  await using stage = await Stage.set({ redisUrl: redis.url, env: { PIFLEET_REDIS_PREFIX: prefix } });
  const { fleet } = stage;
  stage.models.enqueue(toolCall("bash", { command: "echo begun; sleep 600" }));
  const id = await stage.submit();
  const worker = await stage.worksOn(id);
  await noteNewerSchema(redis.url, prefix);

  const line = await worker.logged("this worker is too old for the fleet, so it drains");
  expect(line).toMatchObject({ level: "error", reason: expect.stringMatching(NEWER) });
  expect(await worker.exited()).toBe(0);
  expect(await fleet.client.invocations.get(id)).toMatchObject({
    status: "queued",
    attempts: [{ ended: "handed_back" }],
  });
  await expect.poll(() => fleet.api.isReady(), PATIENCE).toBe(false);
  const unready = await fleet.fetch("/readyz");
  expect(await unready.json()).toMatchObject({ code: "writes_refused", detail: expect.stringMatching(NEWER) });

  const another = fleet.launchWorker();
  expect(await another.exited()).toBe(CONFIGURATION_FAULT);
  expect(another.output).toMatch(/schema 99.*Upgrade this process/);
  await expect(fleet.startApi()).rejects.toThrow(/schema 99.*Upgrade this process/);
});
