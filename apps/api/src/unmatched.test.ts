import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { problemOf, startApi } from "./testing/api.ts";
import { altered } from "./testing/backends.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

/** Sends a path as it is; `fetch` would tidy it up. */
async function statusOf(url: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  const outgoing = request({ hostname, port, path }).end();
  const [incoming] = await once(outgoing, "response");
  incoming.resume();
  return incoming.statusCode;
}

async function answerTo(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.end(text);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}

describe("a path that nothing is at", () => {
  it("is answered 404", async () => {
    const api = await startApi(memory());
    expect(await problemOf(await api.get("/v2/invocations"))).toMatchObject({ status: 404, code: "not_found" });
    expect(await problemOf(await api.post("/nowhere", {}))).toMatchObject({ status: 404, code: "not_found" });
  });

  it.each(["/v1/invocations/../../etc/passwd", "/..", "/v1/./x", "/v1/%2e%2e/x", "/v1/invocations/..%2F..%2Fx/a/b"])(
    "is answered 400 when it climbs: %s",
    async (path) => {
      const api = await startApi(memory());
      expect(await statusOf(api.url, path)).toBe(400);
    },
  );

  it.each([
    ["DELETE", "/v1/invocations", "GET, HEAD, POST"],
    ["PUT", "/v1/invocations/inv_1", "GET, HEAD"],
    ["GET", "/v1/invocations/inv_1/cancel", "POST"],
    ["POST", "/livez", "GET, HEAD"],
  ])("but for another method is answered 405 that names the methods: %s %s", async (method, path, allow) => {
    const api = await startApi(memory());
    const response = await api.fetch(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")?.split(", ").sort().join(", ")).toBe(allow);
    expect(await problemOf(response)).toMatchObject({ code: "method_not_allowed" });
  });
});

describe("what is not HTTP", () => {
  it.each([
    ["nonsense", "hello\r\n\r\n", 400],
    ["too many headers", `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ])("is answered with a problem too: %s", async (_, text, status) => {
    const api = await startApi(memory());
    const answer = await answerTo(api.url, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain("application/problem+json");
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toMatchObject({ status });
  });
});

describe("a fault of ours", () => {
  it("is answered 500 with nothing but a reference, which the log has too", async () => {
    const list = async () => {
      throw new TypeError("cannot read /home/somebody/secret");
    };
    const api = await startApi(altered(memory(), { store: { list } }));
    const problem = await problemOf(await api.get("/v1/invocations"));
    expect(problem).toMatchObject({ status: 500, code: "internal" });
    expect(JSON.stringify(problem)).not.toContain("secret");
    const reference = /reference (?<id>\S+)$/.exec(problem.detail)?.groups?.id;
    const logged = api.log.map((line) => JSON.parse(line)).find((line) => line.reference === reference);
    expect(logged.err.message).toContain("cannot read");
  });
});
