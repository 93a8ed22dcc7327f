import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { createMemoryBackend } from "@pifleet/testkit";
import { expect, it } from "vitest";
import { startApi } from "./testing/api.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

it.each([
  ["/v1/invocations", 200],
  ["/v1/invocations/inv_01JZZZZZZZZZZZZZZZZZZZZZZZ", 404],
  ["/v1/invocations?limit=0", 400],
  ["/nowhere", 404],
])("the id that a request brings is in its answer and in its log line: %s", async (path, status) => {
  const api = await startApi(memory());
  const response = await api.get(path, { "x-request-id": "edge:7f3a/1.2" });
  expect([response.status, response.headers.get("x-request-id")]).toEqual([status, "edge:7f3a/1.2"]);
  const lines = () => api.log.map((line) => JSON.parse(line)).filter(({ path: of }) => of === path.split("?")[0]);
  await expect.poll(() => lines().map(({ request_id }) => request_id)).toEqual(["edge:7f3a/1.2"]);
});

it.each(["", "a b", "x".repeat(129), "é", "{}", "a, b"])("one that is not well formed is replaced: %j", async (id) => {
  const api = await startApi(memory());
  const response = await api.get("/livez", {
    "x-request-id": encodeURIComponent(id) === id ? id : Buffer.from(id).toString("latin1"),
  });
  const answered = response.headers.get("x-request-id") ?? "";
  expect(answered).not.toBe(id);
  expect(answered).toMatch(/^[\da-f-]{36}$/);
});

it("a request that is not even HTTP has one as well", async () => {
  const api = await startApi(memory());
  const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
  socket.end("BROKEN\r\n\r\n");
  const answer = await text(socket);
  const [, id = ""] = /\r\nx-request-id: (\S+)\r\n/i.exec(answer) ?? [];
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(id).toMatch(/^[\da-f-]{36}$/);
  expect(api.log.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ request_id: id, status: 400, code: "malformed_request" }),
  );
});
