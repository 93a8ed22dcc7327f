import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { BODY_LIMIT_BYTES } from "./oversize.ts";
import { startApi } from "./testing/api.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });
const MEBIBYTE = 1_048_576;

function open(url: string, headers: Record<string, string | number>): ClientRequest {
  return request(`${url}/v1/invocations`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
  });
}

async function answerOf(outgoing: ClientRequest): Promise<{ status: number | undefined; body: string }> {
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of incoming) body += chunk;
  return { status: incoming.statusCode, body };
}

/** Sends a chunked body of 1 MiB pieces to its end, whatever comes back meanwhile; resolves to what came back. */
async function pour(url: string, pieces: number): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let answer = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  socket.write("POST /v1/invocations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n");
  socket.write("transfer-encoding: chunked\r\n\r\n");
  const piece = `${MEBIBYTE.toString(16)}\r\n${" ".repeat(MEBIBYTE)}\r\n`;
  for (let i = 0; i < pieces; i += 1) if (!socket.write(piece)) await once(socket, "drain");
  socket.write("0\r\n\r\n");
  await once(socket, "close");
  return answer;
}

describe("a body of more than 1 MiB", () => {
  it("is refused by its length, before it is read", async () => {
    const api = await startApi(memory());
    const outgoing = open(api.url, { "content-length": BODY_LIMIT_BYTES + 1 });
    outgoing.flushHeaders();
    const { status, body } = await answerOf(outgoing);
    expect(status).toBe(413);
    expect(JSON.parse(body)).toMatchObject({ status: 413, code: "body_too_large", title: "Payload Too Large" });
    outgoing.destroy();
  });

  it("is refused when it turns out to be, and the client that sends all 50 MB of it gets to know", async () => {
    const api = await startApi(memory());
    const answer = await pour(api.url, 50);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"body_too_large"');
    expect(answer.toLowerCase()).toContain("connection: close");
  });

  it("is not kept in memory", async () => {
    const api = await startApi(memory());
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const poured = pour(api.url, 500);
    while ((await Promise.race([poured, setImmediate()])) === undefined)
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    // What was read and thrown away stays until the collector comes by, which it does long before this much.
    expect(most).toBeLessThan(250 * MEBIBYTE);
  });

  it("is refused before it is sent to a client that asks first", async () => {
    const api = await startApi(memory());
    const outgoing = open(api.url, { "content-length": 50 * MEBIBYTE, expect: "100-continue" });
    outgoing.once("continue", () => outgoing.destroy(new Error("was told to go on")));
    outgoing.flushHeaders();
    expect((await answerOf(outgoing)).status).toBe(413);
    outgoing.destroy();
  });

  it("does not keep the server from serving others, or from stopping", async () => {
    const api = await startApi(memory());
    const outgoing = open(api.url, { "content-length": 50 * MEBIBYTE });
    outgoing.flushHeaders();
    expect((await answerOf(outgoing)).status).toBe(413);
    expect((await api.get("/livez")).status).toBe(200);
    outgoing.destroy();
    await api.close();
  });
});

it("takes a body of exactly 1 MiB from a client that asks first", async () => {
  const api = await startApi(memory());
  const frame = JSON.stringify({ model: "demo/scripted", input: "hello" });
  const body = frame + " ".repeat(BODY_LIMIT_BYTES - frame.length);
  const outgoing = open(api.url, { "content-length": body.length, expect: "100-continue" });
  outgoing.once("continue", () => outgoing.end(body));
  outgoing.flushHeaders();
  expect((await answerOf(outgoing)).status).toBe(202);
});

it("takes a batch of more than 1 MiB from a client that asks first, whatever stands behind its path", async () => {
  const api = await startApi(memory());
  const invocation = { model: "demo/scripted", input: "hello" };
  const body = JSON.stringify({ invocations: [invocation] }) + " ".repeat(MEBIBYTE);
  const headers = { "content-type": "application/json", "content-length": body.length, expect: "100-continue" };
  const outgoing = request(`${api.url}/v1/invocations/batch?from=here`, { method: "POST", headers });
  outgoing.once("continue", () => outgoing.end(body));
  outgoing.flushHeaders();
  expect((await answerOf(outgoing)).status).toBe(200);
});
