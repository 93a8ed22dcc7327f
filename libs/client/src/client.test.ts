import { build } from "esbuild";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClient } from "./client.ts";
import { ConnectionError, PiFleetError } from "./errors.ts";
import type { InvocationRecord } from "./received.ts";
import { cutOff, json, problem, ScriptedServer } from "./testing/scripted-server.ts";

const ID = "inv_01JZZZZZZZZZZZZZZZZZZZZZZZ";
const QUEUED = { id: ID, status: "queued" };
const DONE = { id: ID, status: "succeeded" };
/** What is allowed is little more than the client itself; one schema would bring some hundred thousand bytes. */
const LARGEST_BUNDLE_BYTES = 20_480;
const SUBMISSION = { model: "demo/scripted", input: "Hello" };

beforeEach(() => {
  // Shortens the pauses between tries to their minimum.
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("a submission is sent as JSON with the key, an idempotency key and the caller's trace context", async () => {
  await using server = await ScriptedServer.start(json(QUEUED, 202));
  const client = createClient({ url: server.url, apiKey: "pf_secret" });
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  const record = await client.invocations.create(SUBMISSION, { waitSeconds: 5, traceparent });

  expect(record).toEqual(QUEUED);
  expect(server.requests).toMatchObject([
    {
      method: "POST",
      url: "/v1/invocations",
      body: JSON.stringify(SUBMISSION),
      headers: {
        authorization: "Bearer pf_secret",
        "content-type": "application/json",
        "idempotency-key": expect.stringMatching(/^[0-9a-f]{32}$/),
        prefer: "wait=5",
        traceparent,
      },
    },
  ]);
});

test("two submissions have different idempotency keys, and a named key is used as it is", async () => {
  await using server = await ScriptedServer.start(json(QUEUED, 202));
  const { invocations } = createClient({ url: server.url });
  await invocations.create(SUBMISSION);
  await invocations.create(SUBMISSION);
  await invocations.create(SUBMISSION, { idempotencyKey: "ticket-1" });
  const [first, second, third] = server.requests.map(({ headers }) => headers["idempotency-key"]);
  expect(first).not.toBe(second);
  expect(third).toBe("ticket-1");
});

test("a batch is one request, with a record or a problem for each submission", async () => {
  const refused = { type: "about:blank#validation_failed", title: "Bad", status: 400, detail: "no input", code: "x" };
  await using server = await ScriptedServer.start(json({ items: [QUEUED, refused] }));
  const { invocations } = createClient({ url: server.url });
  expect(await invocations.createMany([SUBMISSION, SUBMISSION])).toEqual([QUEUED, refused]);
  expect(server.requests).toMatchObject([
    {
      url: "/v1/invocations/batch",
      body: JSON.stringify({ invocations: [SUBMISSION, SUBMISSION] }),
      headers: { "idempotency-key": expect.stringMatching(/^[0-9a-f]{32}$/) },
    },
  ]);
});

test("a run is submitted, and waited for until it has ended", async () => {
  await using server = await ScriptedServer.start(json(QUEUED, 202), json(QUEUED), json(DONE));
  const { invocations } = createClient({ url: server.url });
  expect(await invocations.run(SUBMISSION)).toEqual(DONE);
  expect(server.requests.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
});

test("a submission that got no answer is sent again with the same idempotency key", async () => {
  await using server = await ScriptedServer.start(cutOff, problem(503, "unavailable"), json(QUEUED, 202));
  const { invocations } = createClient({ url: server.url });
  await expect(invocations.create(SUBMISSION)).resolves.toEqual(QUEUED);
  const keys = server.requests.map(({ headers }) => headers["idempotency-key"]);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
});

test("a refusal that will not pass is thrown at once, with its problem", async () => {
  await using server = await ScriptedServer.start(problem(404, "not_found"));
  const error = await failureOf(createClient({ url: server.url }).invocations.get(ID));
  expect(error).toBeInstanceOf(PiFleetError);
  expect(error).toMatchObject({ status: 404, code: "not_found", problem: { title: "Refused", detail: "Because." } });
  expect(server.requests).toHaveLength(1);
});

test("retries are bounded", async () => {
  await using server = await ScriptedServer.start(problem(503, "unavailable"));
  const error = await failureOf(createClient({ url: server.url, retries: 2 }).workers.list());
  expect(error).toMatchObject({ status: 503 });
  expect(server.requests).toHaveLength(3);
});

test("who asks for more patience than half a minute is not asked again", async () => {
  await using server = await ScriptedServer.start(problem(429, "too_many_queued", { "retry-after": "60" }));
  const error = await failureOf(createClient({ url: server.url }).queue.get());
  expect(error).toMatchObject({ status: 429, retryAfterMs: 60_000 });
  expect(server.requests).toHaveLength(1);
});

test("an answer that is no problem document still becomes one", async () => {
  await using server = await ScriptedServer.start((response) => response.writeHead(418).end("<h1>teapot</h1>"));
  const error = await failureOf(createClient({ url: server.url }).queue.get());
  expect(error).toMatchObject({ status: 418, code: "http_418", problem: { title: "I'm a Teapot" } });
});

test("an address where nothing listens is a ConnectionError that names it and why", async () => {
  const server = await ScriptedServer.start(cutOff);
  const { url } = server;
  await server[Symbol.asyncDispose]();
  const error = await failureOf(createClient({ url, retries: 0 }).workers.list());
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ url: `${url}/v1/workers`, message: expect.stringContaining("ECONNREFUSED") });
});

test("an answer that is not JSON is a ConnectionError", async () => {
  await using server = await ScriptedServer.start((response) => response.end("<html>"));
  const error = await failureOf(createClient({ url: server.url, retries: 0 }).workers.list());
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ message: expect.stringContaining("is not JSON") });
});

test("an answer that does not come in time is a ConnectionError", async () => {
  await using server = await ScriptedServer.start((response) => response.writeHead(200).flushHeaders());
  const error = await failureOf(createClient({ url: server.url, retries: 0, timeoutMs: 20 }).workers.list());
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ message: expect.stringContaining("no answer in time") });
});

test("an aborted call throws the signal's reason and is not sent again", async () => {
  const controller = new AbortController();
  await using server = await ScriptedServer.start(() => controller.abort("enough"));
  const client = createClient({ url: server.url });
  expect(await failureOf(client.invocations.get(ID, { signal: controller.signal }))).toBe("enough");
  expect(server.requests).toHaveLength(1);
});

test("wait polls until the invocation has ended", async () => {
  await using server = await ScriptedServer.start(json(QUEUED), json({ ...QUEUED, status: "running" }), json(DONE));
  await expect(createClient({ url: server.url }).invocations.wait(ID)).resolves.toEqual(DONE);
  expect(server.requests.map(({ url }) => url)).toEqual(Array(3).fill(`/v1/invocations/${ID}?wait=25`));
});

test("wait ends with a status that only a newer API knows, when the invocation has an end", async () => {
  const stopped = { id: ID, status: "stopped_by_policy", endedAt: "2030-01-02T03:04:05.000Z" };
  const open = { id: ID, status: "waiting_for_approval", endedAt: null };
  await using server = await ScriptedServer.start(json(open), json(stopped));
  await expect(createClient({ url: server.url }).invocations.wait(ID)).resolves.toEqual(stopped);
});

test("the status tells the compiler what a record has, and codes are those that are known or any other", () => {
  const told = (record: InvocationRecord): string => {
    // @ts-expect-error a record may have no output
    record.output satisfies string;
    if (record.status === "succeeded") return record.output satisfies string;
    if (record.status === "queued") return String(record.endedAt satisfies null);
    if (record.status === "running" || record.status === "paused") return record.startedAt satisfies string;
    // @ts-expect-error an invocation that did not succeed may have no output
    record.output satisfies string;
    if (record.error.code === "provider_auth") return "log in";
    return record.error.code === "a_code_of_a_newer_api" ? "update" : record.endedAt;
  };
  const codeOf = ({ error }: InvocationRecord): string => {
    switch (error?.code) {
      case "timeout_idle":
        return "idle";
      default:
        return error?.code ?? "";
    }
  };
  const record = { ...DONE, output: "42", error: null } as InvocationRecord;
  expect([told(record), codeOf(record)]).toEqual(["42", ""]);
});

test("pages follow the cursor to the end, and a path in the address is kept", async () => {
  await using server = await ScriptedServer.start(
    json({ items: [QUEUED], nextCursor: "c 1" }),
    json({ items: [DONE], nextCursor: null }),
  );
  const { invocations } = createClient({ url: `${server.url}/fleet` });
  const pages = await Array.fromAsync(invocations.pages({ status: "queued", limit: 1 }));
  expect(pages.flatMap(({ items }) => items)).toEqual([QUEUED, DONE]);
  expect(server.requests.map(({ url }) => url)).toEqual([
    "/fleet/v1/invocations?status=queued&limit=1",
    "/fleet/v1/invocations?status=queued&limit=1&cursor=c+1",
  ]);
});

test("an id cannot lead to another path", async () => {
  await using server = await ScriptedServer.start(json(DONE, 202));
  const { invocations } = createClient({ url: server.url });
  await invocations.cancel("../../v1/queue?x=");
  expect(server.requests).toMatchObject([
    { method: "POST", url: "/v1/invocations/..%2F..%2Fv1%2Fqueue%3Fx%3D/cancel" },
  ]);
  expect(() => invocations.get("..")).toThrow("not the id of an invocation: '..'");
});

test("trace unwraps the list of spans", async () => {
  await using server = await ScriptedServer.start(json({ items: [{ name: "invoke_agent" }] }));
  await expect(createClient({ url: server.url }).invocations.trace(ID)).resolves.toEqual([{ name: "invoke_agent" }]);
});

test.each(["cancel", "pause", "resume"] as const)(
  "%s answers with the record, and is sent again",
  async (transition) => {
    await using server = await ScriptedServer.start(problem(503, "unavailable"), json(QUEUED, 202));
    await expect(createClient({ url: server.url }).invocations[transition](ID)).resolves.toEqual(QUEUED);
    const request = { method: "POST", url: `/v1/invocations/${ID}/${transition}`, body: "" };
    expect(server.requests).toMatchObject([request, request]);
  },
);

test("the queue can be read, paused and resumed", async () => {
  const depth = { waiting: 1, delayed: 0, claimed: 0, paused: true };
  await using server = await ScriptedServer.start(json(depth));
  const { queue } = createClient({ url: server.url });
  expect([await queue.get(), await queue.pause(), await queue.resume()]).toEqual([depth, depth, depth]);
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET /v1/queue",
    "POST /v1/queue/pause",
    "POST /v1/queue/resume",
  ]);
});

test("bundled for a browser it is small: the schemas stay out of it", async () => {
  const entryPoints = [new URL("index.ts", import.meta.url).pathname];
  const { outputFiles, errors } = await build({
    entryPoints,
    bundle: true,
    minify: true,
    write: false,
    platform: "browser",
    format: "esm",
  });
  expect(errors).toEqual([]);
  expect(outputFiles[0]?.contents.length).toBeLessThan(LARGEST_BUNDLE_BYTES);
});

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => error,
  );
}
