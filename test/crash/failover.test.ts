import { RedisServer } from "@pifleet/testkit";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { startWebhookSink } from "@pifleet/testkit/webhook-sink";
import { expect, it } from "vitest";
import { SHORT_LEASE, Stage } from "./stage.ts";

it("after a failover that lost an end, the run ends again, and its message has the same id", async () => {
  await using primary = await RedisServer.reserve();
  await primary.start();
  await using sink = { ...(await startWebhookSink()), [Symbol.asyncDispose]: () => sink.close() };
  const env = { ...SHORT_LEASE, PIFLEET_WEBHOOK_ALLOW: "loopback" };
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
  expect(again.status).toBe("succeeded");
  expect(again.attempt).toBeGreaterThan(1);
  const [first, second] = sink.log;
  expect(second?.id).toBe(first?.id);
  expect(first?.id).toMatch(/^msg_/);
});
