import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createSender, type TraceDestination } from "./exporter.ts";
import { TenantPools } from "./tenant-pools.ts";
import { collector, sampleSpan } from "./testing/collector.ts";

/** A collector that takes connections and never answers. */
async function silentCollector(): Promise<{
  origin: string;
  connections: () => number;
  until: (count: number) => Promise<void>;
}> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on("error", () => socket.destroy())));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.size,
    until: async (count) => {
      while (sockets.size < count) await once(server, "connection");
    },
  };
}

const span = sampleSpan();
const common = { serviceName: "pi-fleet", serviceVersion: "1", deadlineMs: 60_000 };

it("a tenant with 400 silent collectors holds up no other tenant, and has half of all exports itself", async () => {
  const [silent, { sink, destination }] = [await silentCollector(), await collector()];
  const pools = new TenantPools(64);
  const stop = new AbortController();
  const sends = Array.from({ length: 400 }, (_, i) =>
    createSender({ ...common, endpoint: `${silent.origin}/${i}` }, pools.of("a"))([span], { stop: stop.signal }),
  );
  await silent.until(32);
  expect(await createSender(destination, pools.of("b"))([span])).toEqual({ kind: "ok", sent: 1 });
  expect(sink.batches).toHaveLength(1);
  expect(silent.connections()).toBe(32);
  stop.abort();
  const reasons = (await Promise.all(sends)).map((result) => (result.kind === "unsent" ? result.reason : result.kind));
  expect(reasons.filter((reason) => reason === "the worker was stopped")).toHaveLength(32);
  expect(reasons.filter((reason) => reason === "too many exports were under way")).toHaveLength(368);
});

it("what a tenant learns of a collector is no other tenant's", async () => {
  const { sink, destination } = await collector();
  const pools = new TenantPools();
  const brief: TraceDestination = { ...destination, deadlineMs: 100 };
  sink.reply({ kind: "status", status: 429 });
  expect(await createSender(brief, pools.of("a"))([span])).toMatchObject({ kind: "unsent" });
  expect(await createSender(brief, pools.of("b"))([span])).toEqual({ kind: "ok", sent: 1 });
  expect(await createSender(brief, pools.of("a"))([span])).toMatchObject({ kind: "unsent" });
  expect(sink.log).toHaveLength(2);
});

it("an export that is broken off says nothing of its collector", async () => {
  const { destination } = await collector();
  const pool = new TenantPools().of("a");
  const stop = AbortSignal.abort();
  expect(await createSender(destination, pool)([span], { stop })).toMatchObject({ kind: "unsent", spans: [span] });
  expect(await createSender(destination, pool)([span])).toEqual({ kind: "ok", sent: 1 });
});
