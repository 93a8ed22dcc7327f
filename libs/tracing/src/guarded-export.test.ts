import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AddressGuard } from "@pifleet/outbound";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSender } from "./exporter.ts";

/** A collector on the loopback address that counts its connections. */
async function listen() {
  let connections = 0;
  const server = createServer((_, response) => response.end());
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

const SPAN = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  parentSpanId: null,
  name: "invoke_agent",
  kind: "internal",
  attempt: 1,
  startMs: 0,
  endMs: 1,
  status: { code: "unset" },
  attributes: {},
  events: [],
} as const satisfies Parameters<ReturnType<typeof createSender>>[0][number];

describe("an exporter of spans behind the guard", () => {
  it.each(["http://127.0.0.1", "https://127.0.0.1", "http://collector.example.com"])(
    "learns that %s will never be connected to",
    async (origin) => {
      const { port, connections } = await listen();
      const url = new URL(`${origin}:${port}/v1/traces?token=secret`);
      const guard = new AddressGuard({ resolve: async () => [{ address: "127.0.0.1", family: 4 }] });
      const connection = guard.connectionTo(url);
      const send = createSender({ endpoint: url.href, serviceName: "test", serviceVersion: "1", connection });
      expect(await send([SPAN])).toMatchObject({ kind: "refused", reason: `${url.host} must not be connected to` });
      expect(connections()).toBe(0);
    },
  );
});
