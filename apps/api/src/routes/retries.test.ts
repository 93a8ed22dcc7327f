import type { InvocationRecord } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { problemOf, startApi } from "../testing/api.ts";
import { recordOf, runToEnd } from "../testing/runs.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

describe("retrying an invocation", () => {
  it("submits the same again, linked to the one that has ended", async () => {
    const api = await startApi(memory());
    const submission = {
      input: "Fix it",
      instructions: "Be brief.",
      tools: ["read"],
      metadata: { ticket: "X-1" },
      webhook: { url: "https://example.com/hook", secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}` },
    };
    const { id } = await api.submit(submission);
    await runToEnd(api.backend, id);
    const response = await api.post(`/v1/invocations/${id}/retry`);
    const retry = (await response.json()) as InvocationRecord;
    expect(response.status).toBe(202);
    expect(response.headers.get("location")).toBe(`/v1/invocations/${retry.id}`);
    expect(retry).toMatchObject({ status: "queued", retryOf: id, input: "Fix it", tools: ["read"], attempt: 0 });
    const stored = await api.backend.store.read(retry.id);
    expect(stored?.submission).toMatchObject(submission);
    expect(await (await api.get(`/v1/invocations/${retry.id}`)).json()).toMatchObject({ retryOf: id });
  });

  it("makes one invocation for one idempotency key", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await runToEnd(api.backend, id);
    const again = async () => {
      const response = await api.post(`/v1/invocations/${id}/retry`, undefined, { "idempotency-key": "k" });
      return ((await response.json()) as InvocationRecord).id;
    };
    expect(await again()).toBe(await again());
    const other = await api.submit();
    await runToEnd(api.backend, other.id);
    const taken = await api.post(`/v1/invocations/${other.id}/retry`, undefined, { "idempotency-key": "k" });
    expect(taken.status).toBe(422);
  });

  it("goes without the trace endpoint whose headers are gone", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit({ trace: { endpoint: "https://otlp.example.com/v1/traces", headers: { a: "b" } } });
    await runToEnd(api.backend, id);
    const retry = (await (await api.post(`/v1/invocations/${id}/retry`)).json()) as InvocationRecord;
    expect((await api.backend.store.read(retry.id))?.submission.trace).toBeUndefined();
  });

  it("is refused while it has not ended, and for another tenant's", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    expect(await problemOf(await api.post(`/v1/invocations/${id}/retry`))).toMatchObject({
      status: 409,
      code: "not_ended",
    });
    const other = await recordOf(api.backend, "other");
    expect((await api.post(`/v1/invocations/${other.id}/retry`)).status).toBe(404);
  });
});
