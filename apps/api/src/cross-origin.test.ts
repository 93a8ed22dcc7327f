import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { bootstrapAuthenticator } from "./authentication.ts";
import { startApi } from "./testing/api.ts";

const PAGE = "https://app.example.com";
const KEY = "a-key-of-an-admin";

const start = (...origins: string[]) =>
  startApi(createMemoryBackend({ retentionMs: 60_000 }), {
    authenticator: bootstrapAuthenticator(KEY),
    origins: new Set(origins),
  });

/** What a browser asks before it lets a page of this origin send a request with a key. */
function preflight(url: string, origin: string): Promise<Response> {
  const headers = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,idempotency-key",
  };
  return fetch(`${url}/v1/invocations`, { method: "OPTIONS", headers });
}

describe("a page of another origin that is allowed", () => {
  it("may send requests, without a key to ask whether it may", async () => {
    const { url } = await start(PAGE);
    const { status, headers } = await preflight(url, PAGE);
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(headers.get("access-control-allow-methods")).toContain("POST");
    expect(headers.get("access-control-allow-headers")).toBe("authorization,content-type,idempotency-key");
    expect(headers.get("vary")).toContain("Origin");
  });

  it("reads the answers, with what their headers tell, also that it is refused", async () => {
    const api = await start(PAGE);
    const accepted = await api.post(
      "/v1/invocations",
      { model: "demo/scripted", input: "hello" },
      { origin: PAGE, authorization: `Bearer ${KEY}` },
    );
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(accepted.headers.get("access-control-expose-headers")).toContain("Location");
    const refused = await api.get("/v1/invocations", { origin: PAGE });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, PAGE]);
  });

  it("is any one when all are", async () => {
    const { url } = await start("*");
    const { headers } = await preflight(url, "https://anybody.example");
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
  });
});

describe("a page of another origin that is not allowed", () => {
  it("is told of no other origin", async () => {
    const { url } = await start(PAGE);
    const { headers } = await preflight(url, "https://app.example.com.evil.example");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  it("is every one by default", async () => {
    const { url } = await start();
    const { status, headers } = await preflight(url, PAGE);
    expect([status, headers.get("access-control-allow-origin")]).toEqual([405, null]);
  });
});

it("what is not there is not there, whatever origins are allowed", async () => {
  const api = await start(PAGE);
  expect((await api.get("/nowhere")).status).toBe(404);
  expect((await api.get("/v1/invocations", { origin: "null", authorization: `Bearer ${KEY}` })).status).toBe(200);
});
