import { type Backend, InvocationId, type Span } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../testing/api.ts";
import { altered } from "../testing/backends.ts";
import { recordSpans, startAttempt, succeedTraced } from "../testing/runs.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

async function traceOf(api: TestApi, id: string): Promise<Span[]> {
  const response = await api.get(`/v1/invocations/${id}/trace`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { items: Span[] }).items;
}

function expectParentFirst(spans: readonly Span[]): void {
  const seen = new Set<string | null>([null]);
  for (const { spanId, parentSpanId } of spans) {
    expect(seen).toContain(parentSpanId);
    seen.add(spanId);
  }
}

const SUBMITTED = ["POST /v1/invocations", "send invocations"];
const RUN = ["process invocations", "invoke_agent demo/scripted", "turn 1"];

describe("the trace of an invocation", () => {
  it("is that of its submission while it waits", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    expect((await traceOf(api, id)).map(({ name }) => name)).toEqual(SUBMITTED);
  });

  it("shows what is known by now while an attempt runs, and marks what is open", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await startAttempt(api.backend, id);
    await recordSpans(api.backend, id);
    const spans = await traceOf(api, id);
    expect(spans.map(({ name }) => name)).toEqual([...SUBMITTED, ...RUN]);
    expectParentFirst(spans);
    expect(spans.map(({ attributes }) => attributes["pifleet.open"])).toEqual([undefined, undefined, true, true, true]);
    for (const { status, startMs, endMs } of spans) {
      expect(status).toEqual({ code: "unset" });
      expect(endMs).toBeGreaterThanOrEqual(startMs);
    }
  });

  it("has nothing open any more when the attempt has ended", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const attempt = await startAttempt(api.backend, id);
    const spans = await succeedTraced(api.backend, id, attempt, await recordSpans(api.backend, id));
    const shown = await traceOf(api, id);
    expect(shown.slice(2)).toEqual(spans);
    expectParentFirst(shown);
  });

  it("shows an attempt that was lost as what it was, beside the one that runs", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await startAttempt(api.backend, id);
    await recordSpans(api.backend, id);
    await startAttempt(api.backend, id);
    await recordSpans(api.backend, id);
    const spans = await traceOf(api, id);
    expectParentFirst(spans);
    const told = spans.map(({ attempt, attributes: { "error.type": error, "pifleet.open": open } }) => {
      return { attempt, ...(error && { error }), ...(open && { open }) };
    });
    expect(told).toEqual([
      ...Array(2).fill({ attempt: 0 }),
      ...Array(3).fill({ attempt: 1, error: "worker_lost" }),
      ...Array(3).fill({ attempt: 2, open: true }),
    ]);
  });

  it("is whole when the attempt ends while the trace is read", async () => {
    const backend = memory();
    let end: (() => Promise<unknown>) | undefined;
    const journal: Backend["spans"]["journal"] = async (id, attempt) => {
      const entries = await backend.spans.journal(id, attempt);
      await end?.();
      return entries;
    };
    const api = await startApi(altered(backend, { spans: { journal } }));
    const { id } = await api.submit();
    const attempt = await startAttempt(backend, InvocationId.parse(id));
    const recorder = await recordSpans(backend, id);
    end = () => succeedTraced(backend, id, attempt, recorder);
    const spans = await traceOf(api, id);
    expect(spans.map(({ name }) => name)).toEqual([...SUBMITTED, ...RUN]);
    expect(spans.filter(({ attributes }) => attributes["pifleet.open"])).toEqual([]);
  });

  it("passes over entries of the journal that are torn", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const attempt = await startAttempt(api.backend, id);
    await recordSpans(api.backend, id);
    await api.backend.events.append(id, attempt, [], ["[", '["s"]']);
    expect(await traceOf(api, id)).toHaveLength(5);
  });
});

describe("the log", () => {
  const lines = (api: TestApi) => api.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");

  it("says of every request about an invocation which one, and in which trace", async () => {
    const api = await startApi(memory());
    const { id, trace } = await api.submit();
    for (const path of ["", "/trace", "/events?limit=1"])
      await (await api.get(`/v1/invocations/${id}${path}`, { accept: "application/json" })).text();
    await (await api.post(`/v1/invocations/${id}/cancel`)).text();
    await expect.poll(() => lines(api)).toHaveLength(5);
    const fields = lines(api).map(({ invocation, trace_id }) => [invocation, trace_id]);
    expect(fields).toEqual(Array(5).fill([id, trace.traceId]));
  });

  it("joins a submission to its span, which a replay does not have", async () => {
    const api = await startApi(memory());
    const headers = { "idempotency-key": "k" };
    const { id, trace } = await api.submit({}, headers);
    await api.submit({}, headers);
    const [server] = await traceOf(api, id);
    await expect.poll(() => lines(api)).toHaveLength(3);
    const [first, replay] = lines(api);
    expect(first).toMatchObject({ invocation: id, trace_id: trace.traceId, span_id: server?.spanId, status: 202 });
    expect(replay).toMatchObject({ invocation: id, trace_id: trace.traceId });
    expect(replay).not.toHaveProperty("span_id");
  });

  it("says nothing of an invocation when the request is about none", async () => {
    const api = await startApi(memory());
    await (await api.get("/v1/invocations")).text();
    await expect.poll(() => lines(api)).toHaveLength(1);
    expect(lines(api)[0]).not.toHaveProperty("trace_id");
  });
});
