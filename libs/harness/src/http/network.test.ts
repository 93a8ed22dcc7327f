import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { ModelNetwork } from "@pifleet/invocation";
import { type ForwardProxy, startForwardProxy } from "@pifleet/testkit/forward-proxy";
import { TEST_CA_FILE, testServerCertificate } from "@pifleet/testkit/test-certificates";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelFetch, useNetwork } from "./model-fetch.ts";
import { Network } from "./network.ts";

const TRUSTED: ModelNetwork = { certificateFiles: [TEST_CA_FILE] };

let used: AsyncDisposableStack;
let proxy: ForwardProxy;
beforeEach(async () => {
  used = new AsyncDisposableStack();
  proxy = used.adopt(await startForwardProxy(), (open) => open.close());
});
afterEach(async () => {
  useNetwork(undefined);
  await used.disposeAsync();
});

const HELLO: RequestListener = (_request, response) => void response.end("hello");

async function listen(server: Server & { closeAllConnections(): void }): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  used.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const plain = async (listener = HELLO) => `http://127.0.0.1:${await listen(createHttpServer(listener))}`;
const secure = () => listen(createHttpsServer(testServerCertificate(), HELLO));
const read = async (url: string) => (await modelFetch(url)).text();

describe("the network of model requests", () => {
  it("leads through the proxy for HTTP, with its credentials", async () => {
    const url = await plain();
    const HTTP_PROXY = proxy.url.replace("//", "//user:p%40ss@");
    useNetwork(new Network({ proxy: { HTTP_PROXY } }));
    expect(await read(`${url}/v1`)).toBe("hello");
    expect(proxy.asked).toEqual([`GET ${url}/v1`]);
    expect(proxy.credentials).toEqual([`Basic ${btoa("user:p@ss")}`]);
  });

  it("leads through a tunnel of the proxy to a server with TLS, whose certificate is judged all the same", async () => {
    const port = await secure();
    useNetwork(new Network({ proxy: { HTTPS_PROXY: proxy.url }, ...TRUSTED }));
    expect(await read(`https://provider.test:${port}/v1`)).toBe("hello");
    expect(proxy.asked).toEqual([`CONNECT provider.test:${port}`]);
    await expect(read(`https://other.test:${port}/v1`)).rejects.toMatchObject({
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
    useNetwork(new Network({ proxy: { HTTPS_PROXY: proxy.url } }));
    await expect(read(`https://provider.test:${port}/v1`)).rejects.toMatchObject({
      cause: { code: expect.stringMatching(/^(UNABLE_TO|SELF_SIGNED)/) },
    });
  });

  it("goes around the proxy to what NO_PROXY names", async () => {
    const url = await plain();
    useNetwork(new Network({ proxy: { HTTP_PROXY: proxy.url, NO_PROXY: "example.com,127.0.0.1" } }));
    expect(await read(url)).toBe("hello");
    expect(proxy.asked).toEqual([]);
  });

  it("trusts the certificates of the deployment, and without them nothing that Node does not", async () => {
    const port = await secure();
    useNetwork(new Network(TRUSTED));
    expect(await read(`https://127.0.0.1:${port}`)).toBe("hello");
    useNetwork(undefined);
    await expect(read(`https://127.0.0.1:${port}`)).rejects.toThrow("fetch failed");
  });

  it("fails as a provider does that cannot be reached when the proxy is away or refuses", async () => {
    await proxy.close();
    useNetwork(new Network({ proxy: { HTTP_PROXY: "http://127.0.0.1:1", HTTPS_PROXY: "http://127.0.0.1:1" } }));
    for (const url of ["http://provider.test", "https://provider.test"])
      await expect(read(url)).rejects.toThrow("fetch failed");
  });
});

describe("a compressed answer", () => {
  const text = "data: {}\n\n".repeat(500);

  it.each<readonly [string, Buffer]>([
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["GZIP", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["br", brotliCompressSync(text)],
    ["zstd", zstdCompressSync(text)],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
    ["identity", Buffer.from(text)],
    ["unknown", Buffer.from(text)],
  ])("in %s is read as fetch reads it", async (encoding, bytes) => {
    const url = await plain((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding });
      response.end(bytes);
    });
    expect(await read(url)).toBe(text);
  });

  it("that ends early gives what it has, and one that is none fails", async () => {
    const bytes = gzipSync(text);
    const answers = [bytes.subarray(0, -12), Buffer.from("no gzip at all")];
    const url = await plain((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(answers.shift());
    });
    expect(text.startsWith(await read(url))).toBe(true);
    await expect(read(url)).rejects.toThrow("terminated");
  });
});
