import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Client } from "@pifleet/client";
import type { SubmissionInput } from "@pifleet/invocation";
import { startNameServer } from "@pifleet/testkit/name-server";
import { startTraceSink } from "@pifleet/testkit/trace-sink";
import { startWebhookSink } from "@pifleet/testkit/webhook-sink";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fleet } from "../fleet/fleet.ts";

/** So many invocations of one tenant have receivers of their own that never answer. */
const SILENT = 400;
const PATIENCE = { timeout: 30_000 };

/** A server that takes connections and never answers. */
async function startSilentServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on("error", () => socket.destroy())));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Submits and cancels invocations that never start; each has its own webhook and trace endpoint. */
async function endMany(client: Client, submissions: readonly Partial<SubmissionInput>[]): Promise<void> {
  const common = { model: "demo/scripted", input: "Never.", delayMs: 3_600_000 };
  const results = await client.invocations.createMany(submissions.map((one) => ({ ...common, ...one })));
  for (const result of results) if ("id" in result) await client.invocations.cancel(result.id);
}

describe("a tenant whose receivers never answer", () => {
  const closing: (() => PromiseLike<unknown>)[] = [];
  let fleet: Fleet;
  let silent: Awaited<ReturnType<typeof startSilentServer>>;
  let names: Awaited<ReturnType<typeof startNameServer>>;

  beforeAll(async () => {
    silent = await startSilentServer();
    names = await startNameServer(() => undefined);
    closing.push(silent.close, () => names[Symbol.asyncDispose]());
    fleet = await Fleet.start({
      workers: 0,
      env: {
        PIFLEET_WEBHOOK_ALLOW: "loopback",
        PIFLEET_NAME_SERVERS: names.address,
        PIFLEET_RATE_LIMIT: "0",
        PIFLEET_GRACE_MS: "100",
      },
    });
    closing.unshift(() => fleet.stop());
    const submissions = Array.from({ length: SILENT }, (_, i) => ({
      webhook: { url: i % 2 === 0 ? `http://h${i}.silent.example/` : `${silent.origin}/${i}` },
      trace: { endpoint: `${silent.origin}/v1/traces/${i}` },
    }));
    await endMany(fleet.client, submissions);
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  it("holds up neither the messages nor the spans of another one, nor the end of the worker", async () => {
    const [webhooks, traces] = [await startWebhookSink(), await startTraceSink()];
    closing.push(
      () => webhooks.close(),
      () => traces.close(),
    );
    const worker = await fleet.startWorker();
    await names.until(() => new Set(names.questions.map(({ name }) => name)).size >= 24);
    await expect.poll(() => silent.connections(), PATIENCE).toBeGreaterThanOrEqual(32);

    const url = webhooks.url.replace("127.0.0.1", "localhost");
    await endMany(await fleet.clientOf("another"), [
      { webhook: { url }, trace: { endpoint: `${traces.endpoint}/v1/traces` } },
    ]);
    await webhooks.until(() => webhooks.log.length > 0);
    await traces.until(() => traces.batches.length > 0);

    // `stop` kills a worker that takes longer than 15 s.
    expect(await worker.stop()).toBe(0);
    expect(worker.lines.map(({ msg }) => msg)).not.toContain("a loop did not stop in time");
  });
});
