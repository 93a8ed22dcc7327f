import type { LoggedEvent } from "@pifleet/invocation";
import { expect, test, vi } from "vitest";
import { createClient } from "./client.ts";
import type { StreamOptions } from "./event-stream.ts";
import { cutOff, events, frames, json, problem, ScriptedServer, silent } from "./testing/scripted-server.ts";

const ID = "inv_01JZZZZZZZZZZZZZZZZZZZZZZZ";
const queued = { id: "1-0", type: "invocation.queued" };
const started = { id: "2-0", type: "attempt.started" };
const succeeded = { id: "3-0", type: "invocation.succeeded" };

test("the stream yields every event with its id and ends after the terminal one", async () => {
  await using server = await ScriptedServer.start(events([queued, started, succeeded, { id: "4-0", type: "log" }]));
  expect(await all(server)).toEqual([queued, started, succeeded]);
  expect(server.requests).toMatchObject([
    { url: `/v1/invocations/${ID}/events`, headers: { accept: "text/event-stream" } },
  ]);
});

test("a stream that is cut goes on behind the last event", async () => {
  await using server = await ScriptedServer.start(
    events([queued], "cut"),
    cutOff,
    problem(503, "unavailable"),
    events([started], "end"),
    events([succeeded]),
  );
  expect(await all(server)).toEqual([queued, started, succeeded]);
  const places = server.requests.map(({ headers }) => headers["last-event-id"]);
  expect(places).toEqual([undefined, "1-0", "1-0", "1-0", "2-0"]);
});

test("each loss of the connection is told, the end of the stream is not", async () => {
  const onReconnect = vi.fn();
  await using server = await ScriptedServer.start(
    events([queued], "cut"),
    cutOff,
    events([started], "end"),
    events([succeeded]),
  );
  await all(server, { onReconnect });
  expect(onReconnect).toHaveBeenCalledTimes(2);
});

test("nothing is lost when there is nothing behind the place to begin at", async () => {
  const onReconnect = vi.fn();
  await using server = await ScriptedServer.start((response, request) => {
    const answer = request.url.endsWith("/events") ? events([]) : json({ id: ID, status: "succeeded" });
    answer(response, request);
  });
  await all(server, { after: "3-0", onReconnect });
  expect(onReconnect).not.toHaveBeenCalled();
});

test("a stream that does not begin in time is asked for again, one that has begun may take its time", async () => {
  const timeoutMs = 300;
  await using server = await ScriptedServer.start(silent, (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    setTimeout(() => response.end(frames([queued, succeeded])), timeoutMs + 100);
  });
  const stream = createClient({ url: server.url, timeoutMs }).invocations.stream(ID);
  expect(await Array.fromAsync(stream)).toEqual([queued, succeeded]);
  expect(server.requests).toHaveLength(2);
});

test("a stream behind the terminal event ends", async () => {
  await using server = await ScriptedServer.start((response, request) => {
    const answer = request.url.endsWith("/events") ? events([]) : json({ id: ID, status: "succeeded" });
    answer(response, request);
  });
  expect(await all(server, { after: "3-0" })).toEqual([]);
});

test("a stream that ends without news goes on while the invocation has not ended", async () => {
  await using server = await ScriptedServer.start(
    events([]),
    json({ id: ID, status: "running" }),
    events([]),
    json({ id: ID, status: "failed" }),
    events([succeeded]),
  );
  expect(await all(server)).toEqual([succeeded]);
});

test("a refusal ends the stream with its problem", async () => {
  await using server = await ScriptedServer.start(events([queued], "cut"), problem(404, "not_found"));
  await expect(all(server)).rejects.toMatchObject({ status: 404, code: "not_found" });
});

test("an event of two megabytes arrives whole", async () => {
  const text = "ü".repeat(1_000_000);
  const delta = { id: "2-0", type: "message.delta", text };
  await using server = await ScriptedServer.start(events([delta, succeeded]));
  expect(await all(server)).toEqual([delta, succeeded]);
});

test("aborting the signal ends a waiting stream with its reason", async () => {
  const controller = new AbortController();
  await using server = await ScriptedServer.start((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`id: 1-0\ndata: ${JSON.stringify({ type: "invocation.queued" })}\n\n`);
  });
  const stream = createClient({ url: server.url }).invocations.stream(ID, { signal: controller.signal });
  const consume = async () => {
    for await (const _ of stream) controller.abort("enough");
  };
  await expect(consume()).rejects.toBe("enough");
});

test("leaving the loop closes the connection", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  await using server = await ScriptedServer.start((response) => {
    response.on("close", () => resolve());
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`id: 1-0\ndata: ${JSON.stringify({ type: "invocation.queued" })}\n\n`);
  });
  for await (const _ of createClient({ url: server.url }).invocations.stream(ID)) break;
  await closed;
});

function all(server: ScriptedServer, options: StreamOptions = {}): Promise<Omit<LoggedEvent, "at" | "attempt">[]> {
  return Array.fromAsync(createClient({ url: server.url }).invocations.stream(ID, options));
}
