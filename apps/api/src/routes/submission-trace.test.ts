import { InvocationId, type InvocationRecord } from "@pifleet/invocation";
import { AddressGuard } from "@pifleet/outbound";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { problemOf, SUBMISSION, startApi, type TestApi } from "../testing/api.ts";
import { altered } from "../testing/backends.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";
const TRACEPARENT = `00-${TRACE}-${CALLER}-01`;
const ENDPOINT = "https://otlp.example.com/v1/traces";
const CANARY = "canary-4711";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

/** The invocation as it is stored, and the spans that were stored with it. */
async function stored({ backend }: TestApi, { id }: InvocationRecord) {
  const invocation = await backend.store.get("default", InvocationId.parse(id));
  if (!invocation) throw new Error("it was not stored");
  const [server, producer, ...others] = await backend.spans.read(invocation.id);
  if (!server || !producer || others.length > 0) throw new Error("not two spans");
  return { invocation, server, producer };
}

describe("the trace of a submission", () => {
  it("hangs on the caller's span, and the run will hang on the span of its message", async () => {
    const api = await startApi(memory());
    const before = Date.now();
    const record = await api.submit({}, { traceparent: TRACEPARENT, tracestate: "a=1" });
    const { invocation, server, producer } = await stored(api, record);
    expect(record.trace).toEqual({ traceId: TRACE, export: { status: "pending" } });
    expect(server).toMatchObject({
      ...{ traceId: TRACE, parentSpanId: CALLER, name: "POST /v1/invocations", kind: "server", attempt: 0 },
      attributes: {
        "http.route": "/v1/invocations",
        "url.path": "/v1/invocations",
        "url.scheme": "http",
        "session.id": record.id,
        "pifleet.tenant": "default",
      },
    });
    expect(producer).toMatchObject({
      ...{ traceId: TRACE, parentSpanId: server.spanId, name: "send invocations", kind: "producer", attempt: 0 },
      attributes: { "messaging.message.id": record.id },
    });
    expect(invocation.carrier).toEqual({ traceparent: `00-${TRACE}-${producer.spanId}-01`, tracestate: "a=1" });
    expect(invocation.callerSpanId).toBe(CALLER);
    // The clock that tells when it arrived is finer than that of `before`.
    expect(server.startMs).toBeGreaterThan(before - 2);
    expect(server.startMs).toBeLessThan(producer.startMs);
    expect(producer.endMs).toBe(server.endMs);
    expect(server.endMs).toBeLessThanOrEqual(Date.now() + 1);
  });

  it.each([undefined, "nonsense", TRACEPARENT.toUpperCase(), `00-${"0".repeat(32)}-${CALLER}-01`])(
    "is one of its own when the caller's is %s, and the run is not refused",
    async (traceparent) => {
      const api = await startApi(memory());
      const record = await api.submit({}, traceparent ? { traceparent, tracestate: "a=1" } : {});
      const { invocation, server, producer } = await stored(api, record);
      expect(record.trace.traceId).toMatch(/^(?!0+$)[\da-f]{32}$/);
      expect(record.trace.traceId).not.toBe(TRACE);
      expect(server).toMatchObject({ traceId: record.trace.traceId, parentSpanId: null });
      expect(invocation.carrier).toEqual({ traceparent: `00-${record.trace.traceId}-${producer.spanId}-01` });
      expect(invocation.callerSpanId).toBeNull();
    },
  );

  it("is not sampled when the caller's is not", async () => {
    const api = await startApi(memory());
    const { invocation } = await stored(api, await api.submit({}, { traceparent: `00-${TRACE}-${CALLER}-00` }));
    expect(invocation.carrier.traceparent).toMatch(/-00$/);
  });

  it("takes as much of the caller's baggage along as the deployment allows, by default none", async () => {
    const headers = { baggage: "user=7;ttl=3,secret=x,tenant=a" };
    const api = await startApi(memory(), { traceBaggage: new Set(["user", "tenant"]) });
    expect((await stored(api, await api.submit({}, headers))).invocation.carrier.baggage).toBe("user=7;ttl=3,tenant=a");
    const strict = await startApi(memory());
    expect((await stored(strict, await strict.submit({}, headers))).invocation.carrier.baggage).toBeUndefined();
  });

  it("tells the route, whatever path, host and scheme the client names", async () => {
    const api = await startApi(memory());
    const headers = { "content-type": "application/json", "x-forwarded-proto": "gopher", "x-forwarded-host": "evil" };
    const body = JSON.stringify(SUBMISSION);
    const response = await api.fetch(`/v1/invocations?canary=1`, { method: "POST", headers, body });
    const { server } = await stored(api, (await response.json()) as InvocationRecord);
    expect(server.attributes).toMatchObject({ "url.path": "/v1/invocations", "url.scheme": "http" });
    expect(JSON.stringify(server)).not.toMatch(/canary|gopher|evil/);
  });

  it("is that of the first time when an idempotency key comes again, which adds no spans", async () => {
    const api = await startApi(memory());
    const headers = { "idempotency-key": "k", traceparent: TRACEPARENT };
    const first = await api.submit({}, headers);
    const again = await api.submit({}, { ...headers, traceparent: `00-${"a".repeat(32)}-${CALLER}-01` });
    expect(again).toEqual(first);
    expect((await stored(api, again)).server.traceId).toBe(TRACE);
  });
});

describe("what a submission asks of its trace", () => {
  const trace = { endpoint: ENDPOINT, headers: { authorization: `Bearer ${CANARY}` }, content: true };

  it("is kept for the worker, and its headers are shown nowhere", async () => {
    const api = await startApi(memory());
    const record = await api.submit({ trace });
    const { invocation } = await stored(api, record);
    expect(invocation.submission.trace).toEqual(trace);
    const paths = ["", "/events", "/trace"].map((path) => `/v1/invocations/${record.id}${path}`);
    const shown = await Promise.all(
      [...paths, "/v1/invocations", "/openapi.json"].map(async (path) => {
        return (await api.get(path, { accept: "application/json" })).text();
      }),
    );
    expect(`${JSON.stringify(record)}${shown}${api.log}`).not.toContain(CANARY);
  });

  it("belongs to what an idempotency key stands for", async () => {
    const api = await startApi(memory());
    const headers = { "idempotency-key": "k" };
    await api.submit({ trace }, headers);
    const other = { ...SUBMISSION, trace: { ...trace, headers: { authorization: "Bearer other" } } };
    const response = await api.post("/v1/invocations", other, headers);
    expect(response.status).toBe(422);
    expect(JSON.stringify(await problemOf(response))).not.toMatch(/canary|Bearer/);
  });

  it("may lead to an address that the deployment allows", async () => {
    const api = await startApi(memory(), { addressGuard: new AddressGuard({ allow: ["loopback"] }) });
    await api.submit({ trace: { endpoint: "http://127.0.0.1:4318/v1/traces" } });
    const answer = await api.post("/v1/invocations", { ...SUBMISSION, trace: { endpoint: "http://10.0.0.1/" } });
    expect(answer.status).toBe(400);
  });

  it.each([
    "http://127.0.0.1:4318/v1/traces",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://10.0.0.1/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://0.0.0.0/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
  ])("may not lead to %s, and is told who can allow it", async (endpoint) => {
    const api = await startApi(memory());
    const url = `${endpoint}?key=${CANARY}`;
    const response = await api.post("/v1/invocations", { ...SUBMISSION, trace: { ...trace, endpoint: url } });
    const text = await response.clone().text();
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({
      code: "address_refused",
      errors: [{ pointer: "/trace/endpoint", detail: expect.stringContaining("PIFLEET_WEBHOOK_ALLOW") }],
    });
    expect(text + api.log).not.toContain(CANARY);
    expect((await api.backend.queue.depth()).waiting).toBe(0);
  });

  const headers = (value: unknown, name = "authorization") => ({ endpoint: ENDPOINT, headers: { [name]: value } });
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`x-${i}`, CANARY]));
  it.each([
    ["an endpoint that is no URL", { endpoint: CANARY }, "/trace/endpoint"],
    ["an endpoint that is a path", { endpoint: `/v1/traces?key=${CANARY}` }, "/trace/endpoint"],
    ["an endpoint that is no text", { endpoint: [CANARY] }, "/trace/endpoint"],
    ["another protocol", { endpoint: `ftp://otlp.example.com/${CANARY}` }, "/trace/endpoint"],
    ["a file", { endpoint: `file:///etc/${CANARY}` }, "/trace/endpoint"],
    ["a URL with a password", { endpoint: `https://user:${CANARY}@otlp.example.com/` }, "/trace/endpoint"],
    ["a URL that is too long", { endpoint: `${ENDPOINT}?${CANARY.repeat(200)}` }, "/trace/endpoint"],
    ["headers without an endpoint", { headers: { authorization: CANARY } }, "/trace/headers"],
    ["a header with a line end", headers(`${CANARY}\r\nx: y`), "/trace/headers/authorization"],
    ["a header with a null character", headers(`${CANARY}\0`), "/trace/headers/authorization"],
    ["a header with a delete character", headers(`${CANARY}\u007f`), "/trace/headers/authorization"],
    ["a header beyond ASCII", headers(`${CANARY}é`), "/trace/headers/authorization"],
    ["a header that is too long", headers(CANARY.repeat(1_000)), "/trace/headers/authorization"],
    ["a header that is no text", headers([CANARY]), "/trace/headers/authorization"],
    ["a header that is ours to choose", headers(CANARY, "Host"), "/trace/headers/Host"],
    ["a name that is none", headers("x", `authorization: Bearer ${CANARY}`), "/trace/headers"],
    ["a name with a line end", headers("x", `x\r\n${CANARY}`), "/trace/headers"],
    ["too many headers", { endpoint: ENDPOINT, headers: many }, "/trace/headers"],
    ["headers that are a list", { endpoint: ENDPOINT, headers: [CANARY] }, "/trace/headers"],
    ["a content that is no boolean", { content: CANARY }, "/trace/content"],
    ["a field that nobody knows", { endpoint: ENDPOINT, header: { authorization: CANARY } }, "/trace/header"],
    ["no object at all", CANARY, "/trace"],
  ])("is refused with 400 that points at %s, and repeats no value", async (_, asked, pointer) => {
    const api = await startApi(memory());
    const response = await api.post("/v1/invocations", { ...SUBMISSION, trace: asked });
    const text = await response.clone().text();
    expect(response.status).toBe(400);
    const { code, errors } = await problemOf(response);
    expect([code, errors?.map((error) => error.pointer)]).toEqual(["invalid_request", [pointer]]);
    expect(text + api.log).not.toContain(CANARY);
  });

  it("stays out of the log also when the database refuses the command that holds it", async () => {
    const create = async (invocation: unknown) => {
      throw Object.assign(new Error("ERR out of memory"), {
        command: { name: "evalsha", args: [JSON.stringify(invocation)] },
      });
    };
    const api = await startApi(altered(memory(), { store: { create } }));
    const response = await api.post("/v1/invocations", { ...SUBMISSION, trace });
    expect(response.status).toBe(500);
    expect(api.log.join()).toContain("ERR out of memory");
    expect((await response.text()) + api.log).not.toContain(CANARY);
  });
});
