import { TcpProxy } from "@pifleet/testkit";
import { expect, it, onTestFinished } from "vitest";
import { openConnections } from "./connections.ts";

it("connections that fell silent are given up for new ones, also those that only listen", async () => {
  const url = new URL(process.env.REDIS_URL ?? "redis://127.0.0.1:6379");
  await using proxy = await TcpProxy.to(Number(url.port), url.hostname);
  url.host = `127.0.0.1:${proxy.port}`;
  const { main, subscriber, close } = openConnections(url.href, "worker", () => undefined, { silentMs: 1_000 });
  onTestFinished(close);
  await Promise.all([main.ping(), subscriber.ping()]);
  const reconnected = Promise.all(
    [main, subscriber].map((redis) => new Promise<void>((resolve) => redis.once("ready", resolve))),
  );
  proxy.silence();
  const asked = main.ping();
  await reconnected;
  expect(await asked).toBe("PONG");
});
