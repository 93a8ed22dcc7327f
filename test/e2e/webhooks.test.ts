import type { Delivery } from "@pifleet/client";
import { type ModelServer, startModelServer, status, text } from "@pifleet/testkit/model-server";
import { startWebhookSink, verifyWebhook, type WebhookSink } from "@pifleet/testkit/webhook-sink";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fleet } from "../fleet/fleet.ts";

/** Thirty tries, a second apart: the real schedule, only faster. */
const SCHEDULE = ["0s", ...Array.from({ length: 30 }, () => "1s")].join(",");
const PATIENCE = { timeout: 50_000 };

let models: ModelServer;
let sink: WebhookSink;
let fleet: Fleet;

beforeAll(async () => {
  models = await startModelServer();
  sink = await startWebhookSink();
  const env = { PIFLEET_WEBHOOK_ALLOW: "loopback", PIFLEET_WEBHOOK_SCHEDULE: SCHEDULE };
  fleet = await Fleet.start({ models: models.modelsFile(), workers: 2, env });
});
afterAll(async () => {
  await fleet?.stop();
  await models?.close();
  await sink?.close();
});

const submit = () => fleet.client.invocations.create({ model: "fake/test", input: "Do it." });

async function deliveriesOf(webhook: string): Promise<Delivery[]> {
  return (await fleet.client.deliveries.list({ webhook })).items;
}

describe("a webhook", () => {
  it("is told once of every end, signed, although its receiver, the API and a worker were away meanwhile", async () => {
    const { id: webhook, secret } = await fleet.client.webhooks.create({ url: sink.url });
    await sink.down();
    models.enqueue(text("One."), text("Two."), status(401, { error: { message: "Wrong key" } }), text("Four."));
    const records = [];
    for (let i = 0; i < 4; i += 1) records.push(await submit());
    const queued = await fleet.client.invocations.create({ model: "fake/test", input: "Later.", delayMs: 3_600_000 });
    await fleet.client.invocations.cancel(queued.id);
    await Promise.all(records.map(({ id }) => fleet.client.invocations.wait(id)));
    await expect
      .poll(async () => (await deliveriesOf(webhook)).filter(({ tryCount }) => tryCount > 0), PATIENCE)
      .toHaveLength(5);

    const [api, worker] = [fleet.api, fleet.workers[0]];
    worker?.kill("SIGKILL");
    api.kill("SIGKILL");
    await Promise.all([worker?.exited(), api.exited()]);
    await fleet.startApi();
    await sink.up();

    await expect.poll(() => sink.accepted(), PATIENCE).toHaveLength(5);
    const messages = sink
      .accepted()
      .map((request) => verifyWebhook(request, secret) as { type: string; data: { id: string } });
    const ends = new Map(messages.map(({ type, data }) => [data.id, type]));
    expect(ends.get(queued.id)).toBe("invocation.cancelled");
    expect([...ends.values()].sort()).toEqual([
      "invocation.cancelled",
      "invocation.failed",
      ...Array(3).fill("invocation.succeeded"),
    ]);
    await expect
      .poll(async () => (await deliveriesOf(webhook)).map(({ status: state }) => state), PATIENCE)
      .toEqual(Array(5).fill("delivered"));
    const ids = (await deliveriesOf(webhook)).map(({ messageId }) => messageId);
    expect(ids.sort()).toEqual(
      sink
        .accepted()
        .map(({ id }) => id)
        .sort(),
    );
    // The worker that was killed may have been about to write down that a message was accepted; no other may come twice.
    expect(sink.log.filter(({ accepted }) => accepted).length).toBeLessThanOrEqual(ids.length + 1);
    await fleet.client.webhooks.delete(webhook);
  });

  it("of one invocation is told of that one only, in its trace, without a word of its secret anywhere", async () => {
    const secret = `whsec_${Buffer.alloc(32, "canary").toString("base64")}`;
    models.enqueue(text("Done."));
    const before = sink.log.length;
    const { id, trace } = await fleet.client.invocations.create({
      model: "fake/test",
      input: "Do it.",
      webhook: { url: `${sink.url}/own?token=canary-query`, secret },
    });
    await sink.until(() => sink.log.length > before);
    const request = sink.log.at(-1);
    if (!request) throw new Error("There is no message");
    expect(verifyWebhook(request, secret)).toMatchObject({
      type: "invocation.succeeded",
      data: { id, output: "Done." },
    });
    expect(request.headers.traceparent).toContain(trace.traceId);
    const outputs = [...fleet.apis, ...fleet.workers].map(({ output }) => output);
    const shown = JSON.stringify([
      await fleet.client.invocations.get(id),
      await fleet.client.deliveries.list({ invocation: id }),
    ]);
    for (const text of [...outputs, shown]) expect(text).not.toContain(secret.slice(6));
    for (const output of outputs) expect(output).not.toContain("canary-query");
  });
});
