import { request } from "node:http";
import { text } from "node:stream/consumers";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { bootstrapAuthenticator } from "./authentication.ts";
import { startApi } from "./testing/api.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

/** The status and the code of the answer to a request that names the API so. */
async function askAs(host: string, url: string): Promise<[status: number, code: string | undefined]> {
  const { promise, resolve, reject } = Promise.withResolvers<[number, string | undefined]>();
  const asked = request(`${url}/v1/invocations`, { headers: { host } }, async (response) => {
    resolve([response.statusCode ?? 0, (JSON.parse(await text(response)) as { code?: string }).code]);
  });
  asked.once("error", reject).end();
  return promise;
}

describe("an API without authentication", () => {
  it.each(["localhost", "LOCALHOST:8787", "127.0.0.1:8787", "127.8.9.1", "[::1]", "[::1]:80", "fleet.internal:8787"])(
    "answers to the name %s",
    async (host) => {
      const api = await startApi(memory(), { hosts: new Set(["fleet.internal"]) });
      expect(await askAs(host, api.url)).toEqual([200, undefined]);
    },
  );

  it.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", "[::2]", "x@localhost"])(
    "does not answer to the name %s, which a web page could have",
    async (host) => {
      const api = await startApi(memory());
      expect(await askAs(host, api.url)).toEqual([421, "host_not_allowed"]);
    },
  );
});

it("an API that asks for a key answers to every name", async () => {
  const api = await startApi(memory(), { authenticator: bootstrapAuthenticator("0123456789abcdef") });
  expect(await askAs("any.example", api.url)).toEqual([401, "unauthorized"]);
});
