import type { Backend, InvocationId } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it, vi } from "vitest";
import { problemOf, startApi } from "../testing/api.ts";
import { altered, away } from "../testing/backends.ts";
import { runToEnd, startAttempt } from "../testing/runs.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

describe("cancelling an invocation", () => {
  it("that is queued ends it, takes it out of the queue, and may be done again", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit({ delayMs: 60_000 });
    for (let i = 0; i < 2; i += 1) {
      const response = await api.post(`/v1/invocations/${id}/cancel`);
      expect(response.status).toBe(202);
      expect(await response.json()).toMatchObject({ id, status: "cancelled", error: { code: "cancelled" } });
    }
    await api.close();
    expect(await api.backend.queue.depth()).toMatchObject({ waiting: 0, delayed: 0 });
  });

  it("is recorded with who asked for it first, and why", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const cancellation = { at: expect.any(String), by: { key: "bootstrap", name: null }, reason: "Not needed" };
    const first = await api.post(`/v1/invocations/${id}/cancel`, { reason: "Not needed" });
    expect(await first.json()).toMatchObject({ status: "cancelled", cancellation });
    const second = await api.post(`/v1/invocations/${id}/cancel`, { reason: "Another" });
    expect(await second.json()).toMatchObject({ cancellation });
    const { items } = (await (await api.get("/v1/invocations")).json()) as { items: object[] };
    expect(items).toMatchObject([{ cancellation }]);
    for (const body of [{ reason: "" }, { reason: "x".repeat(501) }, { why: "x" }])
      expect((await api.post(`/v1/invocations/${id}/cancel`, body)).status).toBe(400);
  });

  it("that runs asks its worker to end it", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const attempt = await startAttempt(api.backend, id);
    const response = await api.post(`/v1/invocations/${id}/cancel`, undefined, { "content-type": "application/json" });
    expect([response.status, await response.json()]).toMatchObject([202, { status: "running" }]);
    expect(await api.backend.store.checkIn(id, attempt)).toMatchObject({ cancelRequested: true });
  });

  it("that has ended otherwise is refused with 409 that names the status", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await runToEnd(api.backend, id);
    const response = await api.post(`/v1/invocations/${id}/cancel`);
    expect(response.status).toBe(409);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ code: "illegal_transition" });
    expect(problem.detail).toBe("The invocation is succeeded; cancel is not possible (nothing is allowed any more)");
  });

  it("does not fail when it cannot be taken out of the queue", async () => {
    const api = await startApi(altered(memory(), { queue: { remove: away } }));
    const { id } = await api.submit();
    expect((await api.post(`/v1/invocations/${id}/cancel`)).status).toBe(202);
    await api.close();
    expect(api.log.join("")).toContain("could not take it out of the queue");
  });
});

describe("pausing an invocation", () => {
  it("that runs pauses it, tells its worker and may be done again; resuming it likewise", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const attempt = await startAttempt(api.backend, id);
    const told = vi.fn<(id: InvocationId) => void>();
    await api.backend.changes.watchRequests(told);
    for (const [transition, status, paused] of [
      ["pause", "paused", true],
      ["pause", "paused", true],
      ["resume", "running", false],
      ["resume", "running", false],
    ] as const) {
      told.mockClear();
      const response = await api.post(`/v1/invocations/${id}/${transition}`);
      expect([response.status, await response.json()]).toMatchObject([202, { id, status, attempt }]);
      expect(await api.backend.store.checkIn(id, attempt)).toMatchObject({ kind: "current", paused });
      await vi.waitFor(() => expect(told).toHaveBeenCalledWith(id));
    }
    expect(await courseOf(api.backend, id)).toEqual(["invocation.paused", "invocation.resumed"]);
  });

  it("does not keep it from being cancelled", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const attempt = await startAttempt(api.backend, id);
    await api.post(`/v1/invocations/${id}/pause`);
    const response = await api.post(`/v1/invocations/${id}/cancel`);
    expect([response.status, await response.json()]).toMatchObject([202, { status: "paused" }]);
    expect(await api.backend.store.checkIn(id, attempt)).toMatchObject({ cancelRequested: true });
  });

  it.each(["pause", "resume"])("is refused with 409 for one that waits: %s", async (transition) => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    const response = await api.post(`/v1/invocations/${id}/${transition}`);
    expect(response.status).toBe(409);
    expect(await problemOf(response)).toMatchObject({
      code: "illegal_transition",
      detail: `The invocation is queued; ${transition} is not possible (allowed: cancel)`,
    });
  });

  it.each(["pause", "resume"])("is refused with 409 for one that has ended: %s", async (transition) => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await runToEnd(api.backend, id);
    expect(await problemOf(await api.post(`/v1/invocations/${id}/${transition}`))).toMatchObject({
      status: 409,
      detail: `The invocation is succeeded; ${transition} is not possible (nothing is allowed any more)`,
    });
  });

  it.each(["pause", "resume"])(
    "answers as everywhere else to a bad id and without the database: %s",
    async (transition) => {
      const api = await startApi(altered(memory(), { store: { pause: away, resume: away } }));
      const { id } = await api.submit();
      expect(await problemOf(await api.post(`/v1/invocations/42/${transition}`))).toMatchObject({ status: 400 });
      expect(await problemOf(await api.post(`/v1/invocations/${id}/${transition}`))).toMatchObject({ status: 503 });
      const response = await api.get(`/v1/invocations/${id}/${transition}`);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    },
  );
});

it.each(["cancel", "pause", "resume"])("%s needs a key that may write", async (transition) => {
  const readOnly = { tenant: "default", scopes: ["invocations:read"] } as const;
  const api = await startApi(memory(), { authenticator: async () => readOnly });
  const response = await api.post(`/v1/invocations/inv_01JZZZZZZZZZZZZZZZZZZZZZZZ/${transition}`, undefined, {
    authorization: "Bearer key",
  });
  expect(await problemOf(response)).toMatchObject({ status: 403, code: "insufficient_scope" });
});

/** The pauses and resumptions that the event log tells of. */
async function courseOf({ events }: Backend, id: InvocationId): Promise<string[]> {
  const page = await events.read(id, { limit: 100 });
  return page.events.map(({ type }) => type).filter((type) => /paused|resumed/.test(type));
}
