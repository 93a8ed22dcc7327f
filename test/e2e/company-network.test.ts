import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { startForwardProxy } from "@pifleet/testkit/forward-proxy";
import { startModelServer, text } from "@pifleet/testkit/model-server";
import { TEST_CA_FILE, testServerCertificate } from "@pifleet/testkit/test-certificates";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Fleet } from "../fleet/fleet.ts";

let used: AsyncDisposableStack;
beforeEach(() => {
  used = new AsyncDisposableStack();
});
afterEach(() => used.disposeAsync());

/** A fake provider behind TLS, under a certificate of the tests' own authority. */
async function secureProvider() {
  const models = used.adopt(await startModelServer(), (server) => server.close());
  const server = createServer(testServerCertificate(), (incoming, response) => {
    const { method, headers, url = "" } = incoming;
    const onward = request(`${models.url}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  used.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const { fake } = models.modelsFile().providers;
  return { models, port, file: { providers: { fake: { ...fake, baseUrl: `https://provider.test:${port}/v1` } } } };
}

it("reaches a provider behind a proxy, under a certificate of the company's own authority", async () => {
  const { models, port, file } = await secureProvider();
  const proxy = used.adopt(await startForwardProxy(), (open) => open.close());
  const url = proxy.url.replace("//", "//user:proxy-password-93af@");
  const env = { HTTPS_PROXY: url, NO_PROXY: "127.0.0.1", NODE_EXTRA_CA_CERTS: TEST_CA_FILE };
  const fleet = used.use(await Fleet.start({ models: file, env }));
  models.enqueue(text("Through the tunnel."));
  const { id } = await fleet.client.invocations.create({ model: "fake/test", input: "Go." });
  expect(await fleet.client.invocations.wait(id)).toMatchObject({ status: "succeeded", output: "Through the tunnel." });
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT provider.test:${port}`]));
  expect(proxy.credentials).toContain(`Basic ${btoa("user:proxy-password-93af")}`);
});

it("says that a certificate is not accepted which nobody has vouched for", async () => {
  const { port, file } = await secureProvider();
  file.providers.fake.baseUrl = `https://127.0.0.1:${port}/v1`;
  const fleet = used.use(await Fleet.start({ models: file }));
  const { id } = await fleet.client.invocations.create({ model: "fake/test", input: "Go." });
  expect(await fleet.client.invocations.wait(id)).toMatchObject({
    status: "failed",
    error: {
      code: "provider_error",
      message: expect.stringMatching(/^The certificate of https:\/\/127.0.0.1:\d+\/v1 is not accepted \(/),
    },
  });
});
