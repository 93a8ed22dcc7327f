import { setImmediate } from "node:timers/promises";
import { NO_LIMITS } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { sampleWorker } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { problemOf, SUBMISSION, startApi, type TestApi } from "../testing/api.ts";
import { altered } from "../testing/backends.ts";

const memory = (limits = NO_LIMITS) => createMemoryBackend({ retentionMs: 60_000, limits });

async function send(
  api: TestApi,
  invocations: unknown[],
  headers: Record<string, string> = {},
): Promise<{ readonly id?: string }[]> {
  const response = await api.post("/v1/invocations/batch", { invocations }, headers);
  expect(response.status).toBe(200);
  const { items } = (await response.json()) as { items: { readonly id?: string }[] };
  return items;
}

describe("a batch", () => {
  it("answers with a record or a problem for each submission, in order", async () => {
    const api = await startApi(memory());
    const trace = { endpoint: "http://127.0.0.1:4318/v1/traces" };
    const items = await send(api, [
      { ...SUBMISSION, metadata: { n: "0" } },
      { ...SUBMISSION, input: "" },
      "nonsense",
      { ...SUBMISSION, trace },
      { agent: "unknown", input: "hello" },
      { ...SUBMISSION, metadata: { n: "5" } },
    ]);
    expect(items).toMatchObject([
      { status: "queued", metadata: { n: "0" } },
      { status: 400, code: "invalid_request", errors: [{ pointer: "/input" }] },
      { status: 400, code: "invalid_request" },
      { status: 400, code: "address_refused" },
      { status: 400, code: "agent_not_found" },
      { status: "queued", metadata: { n: "5" } },
    ]);
    expect(await api.backend.admission.standing()).toMatchObject({ waiting: 2 });
  });

  it("takes a thousand at once, and refuses more, and none, and what is no batch", async () => {
    const api = await startApi(memory());
    const many = Array.from({ length: 1_001 }, () => SUBMISSION);
    expect(await send(api, many.slice(1))).toHaveLength(1_000);
    const refused = await api.post("/v1/invocations/batch", { invocations: many });
    expect(await problemOf(refused)).toMatchObject({ status: 413, code: "batch_too_large" });
    for (const body of [{ invocations: [] }, {}, { invocations: [SUBMISSION], more: 1 }])
      expect((await api.post("/v1/invocations/batch", body)).status).toBe(400);
  });

  it("has no submission that would be too large by itself", async () => {
    const api = await startApi(memory());
    const items = await send(api, [SUBMISSION, { ...SUBMISSION, instructions: "x".repeat(1_048_576) }, SUBMISSION]);
    expect(items).toMatchObject([{ status: "queued" }, { status: 413, code: "body_too_large" }, { status: "queued" }]);
  });

  it("may be larger than one submission, but not without end", async () => {
    const api = await startApi(memory());
    const instructions = "x".repeat(200_000);
    const big = Array.from({ length: 10 }, () => ({ ...SUBMISSION, instructions }));
    expect(await send(api, big)).toHaveLength(10);
    const huge = { invocations: [{ ...SUBMISSION, instructions: "x".repeat(17_000_000) }] };
    expect(await problemOf(await api.post("/v1/invocations/batch", huge))).toMatchObject({ code: "body_too_large" });
  });

  it("goes to the database a hundred at a time, and does not wait for the queue", async () => {
    const backend = memory();
    await backend.workers.beat(sampleWorker("w_1"), 60_000);
    /** How many were asked for before the first answer of their round trip came. */
    const rounds: number[] = [];
    let unanswered = 0;
    const create: typeof backend.store.create = async (...given) => {
      unanswered += 1;
      await setImmediate();
      if (unanswered > 0) rounds.push(unanswered);
      unanswered = 0;
      return backend.store.create(...given);
    };
    const answered = Promise.withResolvers<void>();
    const api = await startApi(altered(backend, { store: { create }, queue: { enqueue: () => answered.promise } }));
    await send(
      api,
      Array.from({ length: 1_000 }, () => SUBMISSION),
    );
    answered.resolve();
    expect(rounds).toEqual(Array.from({ length: 10 }, () => 100));
  });

  it("can be sent again under its key: each submission names the invocation of the first time", async () => {
    const api = await startApi(memory());
    const headers = { "idempotency-key": "night 1" };
    const [first, second] = await send(api, [SUBMISSION, SUBMISSION], headers);
    const changed = { ...SUBMISSION, input: "other" };
    const again = await send(api, [SUBMISSION, changed, SUBMISSION], headers);
    expect(again).toMatchObject([{ id: first?.id }, { status: 422, code: "idempotency_key_reused" }, {}]);
    expect(new Set([first?.id, second?.id, again[2]?.id]).size).toBe(3);
  });

  it("is taken as far as the queue has room", async () => {
    const api = await startApi(memory({ ...NO_LIMITS, tenantQueued: 2 }));
    expect(await send(api, [SUBMISSION, SUBMISSION, SUBMISSION])).toMatchObject([
      { status: "queued" },
      { status: "queued" },
      { status: 429, code: "queue_full", detail: "This tenant has 2 queued invocations, and may not have more" },
    ]);
    const single = await api.post("/v1/invocations", SUBMISSION);
    expect([single.status, single.headers.get("retry-after")]).toEqual([429, "5"]);
  });
});
