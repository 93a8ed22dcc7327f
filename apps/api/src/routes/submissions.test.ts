import { InvocationRecord, InvocationSummary } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { sampleWorker } from "@pifleet/testkit/samples";
import { describe, expect, it, vi } from "vitest";
import { problemOf, SUBMISSION, startApi } from "../testing/api.ts";
import { altered, away } from "../testing/backends.ts";
import { runToEnd } from "../testing/runs.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

describe("submitting", () => {
  it("answers 202 with the record, where to find it, and when to ask again", async () => {
    const api = await startApi(memory());
    const response = await api.post("/v1/invocations", { ...SUBMISSION, metadata: { ticket: "X-1" } });
    const record = InvocationRecord.parse(await response.json());
    expect(response.status).toBe(202);
    expect(response.headers.get("location")).toBe(`/v1/invocations/${record.id}`);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(record).toMatchObject({ status: "queued", model: "demo/scripted", metadata: { ticket: "X-1" }, attempt: 0 });
    const shown = await (await api.get(response.headers.get("location") ?? "")).json();
    expect(shown).toEqual({ ...record, waitingFor: { reason: "no_worker" } });
  });

  it("puts it into the queue, and notes that it is there", async () => {
    const backend = memory();
    const marked = vi.fn(backend.store.markEnqueued.bind(backend.store));
    const api = await startApi(altered(backend, { store: { markEnqueued: marked } }));
    await backend.workers.beat(sampleWorker("w_1"), 60_000);
    const { id } = await api.submit();
    await api.close();
    expect(await backend.queue.depth()).toMatchObject({ waiting: 1 });
    expect(marked).toHaveBeenCalledWith(id);
    expect(await backend.store.unqueued(-1)).toEqual([]);
  });

  it("answers as always when it is recorded but cannot be queued, which the janitor mends", async () => {
    const backend = memory();
    const api = await startApi(altered(backend, { queue: { enqueue: away } }));
    await backend.workers.beat(sampleWorker("w_1"), 60_000);
    const { id } = await api.submit();
    expect((await backend.store.unqueued(-1)).map((invocation) => invocation.id)).toEqual([id]);
    await api.close();
    expect(api.log.join("")).toContain("could not enqueue");
  });

  it("answers 503 at once when the database is away, and submits nothing later", async () => {
    const backend = memory();
    const enqueue = vi.fn();
    const api = await startApi(altered(backend, { store: { create: away }, queue: { enqueue } }));
    const response = await api.post("/v1/invocations", SUBMISSION);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await problemOf(response)).toMatchObject({
      code: "unavailable",
      detail: expect.not.stringContaining("10.1"),
    });
    expect(enqueue).not.toHaveBeenCalled();
  });
});

describe("a submission for which there is no room in the database", () => {
  it.each([
    [536_870_912, /^This tenant's invocations hold 512 MiB.*PIFLEET_TENANT_STORAGE_MB/],
    [null, /^The database is nearly full/],
  ])("is refused with 429, what to do, and when to come again (%s)", async (maxBytes, detail) => {
    const create = async () => ({ kind: "storage_full" as const, maxBytes });
    const api = await startApi(altered(memory(), { store: { create } }));
    const response = await api.post("/v1/invocations", SUBMISSION);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await problemOf(response)).toMatchObject({ code: "storage_full", detail: expect.stringMatching(detail) });
  });
});

describe("an idempotency key", () => {
  it("gives the same record for the same body, whatever the order of its fields", async () => {
    const api = await startApi(memory());
    const headers = { "idempotency-key": "order 7" };
    const first = await api.post("/v1/invocations", { model: "demo/scripted", input: "hello" }, headers);
    const second = await api.post("/v1/invocations", { input: "hello", model: "demo/scripted", priority: 0 }, headers);
    expect(first.headers.has("idempotent-replayed")).toBe(false);
    expect([second.status, second.headers.get("idempotent-replayed")]).toEqual([202, "true"]);
    expect(await second.json()).toEqual(await first.json());
    expect((await api.backend.admission.standing()).waiting).toBe(1);
  });

  it("is refused with 422 for another body", async () => {
    const api = await startApi(memory());
    const headers = { "idempotency-key": "order 7" };
    await api.submit({}, headers);
    const response = await api.post("/v1/invocations", { ...SUBMISSION, input: "other" }, headers);
    expect(response.status).toBe(422);
    expect(await problemOf(response)).toMatchObject({ code: "idempotency_key_reused" });
  });

  it.each([
    ["empty", ""],
    ["too long", "k".repeat(256)],
    ["not printable", "a\tb"],
  ])("is refused with 400 when it is %s", async (_, key) => {
    const api = await startApi(memory());
    const response = await api.post("/v1/invocations", SUBMISSION, { "idempotency-key": key });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toMatchObject([{ pointer: "/header/idempotency-key" }]);
  });

  it("may have 255 characters", async () => {
    const api = await startApi(memory());
    await api.submit({}, { "idempotency-key": "k".repeat(255) });
  });
});

describe("submitting with Prefer: wait", () => {
  it("answers 200 with the ended invocation when it ends in time", async () => {
    const backend = memory();
    const watching = Promise.withResolvers<void>();
    const watch: typeof backend.changes.watch = async (id, listener) => {
      const unwatch = await backend.changes.watch(id, listener);
      watching.resolve();
      return unwatch;
    };
    const api = await startApi(altered(backend, { changes: { watch } }));
    const answer = api.post("/v1/invocations", SUBMISSION, { prefer: "wait=30" });
    await watching.promise;
    const [submitted] = (await backend.store.list({ tenant: "default", limit: 1 })).items;
    await runToEnd(backend, InvocationSummary.parse(submitted).id, "42");
    const response = await answer;
    expect(response.status).toBe(200);
    expect(response.headers.get("preference-applied")).toBe("wait=30");
    expect(response.headers.has("retry-after")).toBe(false);
    expect(await response.json()).toMatchObject({ status: "succeeded", output: "42" });
  });

  it("answers 202 when it does not", async () => {
    const api = await startApi(memory());
    const response = await api.post("/v1/invocations", SUBMISSION, { prefer: "wait=0" });
    expect(response.status).toBe(202);
    expect(response.headers.get("retry-after")).toBe("1");
  });

  it.each(["wait=soon", "wait", "handling=lenient", ";;"])("ignores what it cannot read: %s", async (prefer) => {
    const api = await startApi(memory());
    const response = await api.post("/v1/invocations", SUBMISSION, { prefer });
    expect(response.status).toBe(202);
    expect(response.headers.has("preference-applied")).toBe(false);
  });

  it("answers 202 with the record when it was recorded but the end cannot be waited for", async () => {
    const api = await startApi(altered(memory(), { changes: { watch: away } }));
    const response = await api.post("/v1/invocations", SUBMISSION, { prefer: "wait=30" });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ status: "queued" });
  });
});

describe("a submission that is not valid", () => {
  const file = (path: string) => ({ ...SUBMISSION, files: [{ path, content: "" }] });

  it.each([
    ["a field that nobody knows", { ...SUBMISSION, modell: "x" }, "/modell"],
    ["a field inside of another", { ...SUBMISSION, limits: { totalMS: 1 } }, "/limits/totalMS"],
    ["a field name that needs escaping", { ...SUBMISSION, "a/b~c": 1 }, "/a~1b~0c"],
    ["no model and no agent", { input: "hello" }, "/model"],
    ["a model and an agent", { ...SUBMISSION, agent: "reviewer" }, "/model"],
    ["a model without a provider", { ...SUBMISSION, model: "gpt" }, "/model"],
    ["no input", { model: "demo/scripted" }, "/input"],
    ["an input of the wrong type", { ...SUBMISSION, input: 7 }, "/input"],
    ["a message of the wrong role", { ...SUBMISSION, input: [{ role: "system", content: "x" }] }, "/input/0/role"],
    [
      "a conversation that ends with the assistant",
      { ...SUBMISSION, input: [{ role: "assistant", content: "x" }] },
      "/input",
    ],
    ["a tool that there is not", { ...SUBMISSION, tools: ["read", "browser"] }, "/tools/1"],
    ["an absolute path", file("/etc/passwd"), "/files/0/path"],
    ["a path that climbs", file("a/../../b"), "/files/0/path"],
    ["a limit that is out of range", { ...SUBMISSION, limits: { totalMs: 0 } }, "/limits/totalMs"],
    ["deadlines out of order", { ...SUBMISSION, limits: { idleMs: 2, totalMs: 1 } }, "/limits/idleMs"],
    ["an unknown recovery", { ...SUBMISSION, recovery: "pray" }, "/recovery"],
    ["no object at all", [], ""],
  ])("is refused with 400 that points at it: %s", async (_, body, pointer) => {
    const api = await startApi(memory());
    const response = await api.post("/v1/invocations", body);
    expect(response.status).toBe(400);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 400, code: "invalid_request", title: "Bad Request" });
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect((await api.backend.queue.depth()).waiting).toBe(0);
  });

  it("is refused with the list of all faults, of which a thousand are cut to fifty", async () => {
    const api = await startApi(memory());
    const files = Array.from({ length: 1_000 }, () => ({ path: "/", content: "" }));
    expect((await problemOf(await api.post("/v1/invocations", { ...SUBMISSION, files }))).errors).toHaveLength(50);
  });

  it("is refused when it names a stored agent, of which there are none", async () => {
    const api = await startApi(memory());
    const response = await api.post("/v1/invocations", { agent: "reviewer", input: "hello" });
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ code: "agent_not_found", errors: [{ pointer: "/agent" }] });
  });

  it.each([
    ["is not JSON", "{nope", "application/json", 400, "malformed_json"],
    ["ends too early", '{"model":', "application/json", 400, "malformed_json"],
    ["tries to change the prototype", '{"__proto__":{}}', "application/json", 400, "malformed_json"],
    ["is empty", "", "application/json", 400, "invalid_request"],
    ["is a form", "a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"],
    ["is plain text", "{}", "text/plain", 415, "unsupported_media_type"],
    ["has a type that is none", "{}", "json", 415, "unsupported_media_type"],
  ])("is refused when the body %s", async (_, body, type, status, code) => {
    const api = await startApi(memory());
    const response = await api.fetch(`/v1/invocations`, {
      method: "POST",
      headers: { "content-type": type },
      body,
    });
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ status, code });
  });

  it("is refused when there is no body at all", async () => {
    const api = await startApi(memory());
    expect((await api.post("/v1/invocations")).status).toBe(400);
  });
});
