import { RedisServer } from "@pifleet/testkit";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { startWebhookSink } from "@pifleet/testkit/webhook-sink";
import { expect, it } from "vitest";
import { endings, Stage } from "./stage.ts";

/**
 * The claim that the replica still knows of has to run out, so that its attempt counts as lost. The next attempt must
 * not lose its claim as well, on a machine that is busy.
 */
const LEASE = { PIFLEET_LEASE_MS: "6000" };

it("after a failover that lost an end, the run ends again, and its message has the same id", async () => {
  await using primary = await RedisServer.reserve();
  await primary.start();
  await using sink = { ...(await startWebhookSink()), [Symbol.asyncDispose]: () => sink.close() };
  const env = { ...LEASE, PIFLEET_WEBHOOK_ALLOW: "loopback" };
  await using stage = await Stage.set({ redisUrl: primary.url, env });
  const gate = stage.gate();
  stage.models.enqueue(toolCall("bash", { command: gate.command }), text("Done."), text("Done again."));
  await stage.fleet.client.webhooks.create({ url: sink.url });
  const id = await stage.submit();
  await stage.event(id, "tool.started");

  await using replica = await RedisServer.reserve();
  await replica.startAsCopyOf(primary);
  await gate.open();
  await sink.until(() => sink.log.length === 1);
  expect(await stage.end(id)).toMatchObject({ status: "succeeded", attempt: 1 });
  await primary.stop();
  await primary.startAsCopyOf(replica);

  await sink.until(() => sink.log.length === 2);
  const again = await stage.end(id);
  expect(again).toMatchObject({ status: "succeeded", attempt: 2 });
  expect(endings(again)).toEqual(["worker_lost", "succeeded"]);
  const [first, second] = sink.log;
  expect(second?.id).toBe(first?.id);
  expect(first?.id).toMatch(/^msg_/);
});
