import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it, vi } from "vitest";
import { problemOf, SUBMISSION, startApi, type TestApi } from "./testing/api.ts";
import { runToEnd } from "./testing/runs.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });
const EVENTS = { accept: "text/event-stream" };

/** So many of a kind are open, as the metrics tell. */
async function expectOpen(api: TestApi, kind: string, count: number): Promise<void> {
  const line = `pifleet_open_requests{kind="${kind}"} ${count}\n`;
  await vi.waitFor(async () => expect(await (await api.get("/metrics")).text()).toContain(line));
}

describe("event streams", () => {
  it.each([
    [{ perKey: 2, all: 9 }, /^This key has 2 event streams open/],
    [{ perKey: 9, all: 2 }, /^This API has 2 event streams open/],
  ])(
    "are open in a bounded number (%o); beyond it comes a 429 that says when to come again",
    async (openLimits, detail) => {
      const api = await startApi(memory(), { openLimits });
      const { id } = await api.submit();
      const client = new AbortController();
      const open = () => api.fetch(`/v1/invocations/${id}/events`, { headers: EVENTS, signal: client.signal });
      for (const response of [await open(), await open()]) expect(response.status).toBe(200);
      const refused = await open();
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
      expect(await problemOf(refused)).toMatchObject({ code: "too_many_open", detail: expect.stringMatching(detail) });
      client.abort();
      await expectOpen(api, "stream", 0);
      await runToEnd(api.backend, id);
      expect((await api.get(`/v1/invocations/${id}/events`, EVENTS)).status).toBe(200);
      await expectOpen(api, "stream", 0);
    },
  );
});

describe("held-back answers", () => {
  it("are open in a bounded number; a get beyond it is refused, a submission is answered at once", async () => {
    const api = await startApi(memory(), { openLimits: { perKey: 1, all: 9 } });
    const { id } = await api.submit();
    const held = api.get(`/v1/invocations/${id}?wait=30`);
    await expectOpen(api, "wait", 1);
    const refused = await api.get(`/v1/invocations/${id}?wait=30`);
    expect(await problemOf(refused)).toMatchObject({ status: 429, code: "too_many_open" });
    expect((await api.get(`/v1/invocations/${id}`)).status).toBe(200);
    const submitted = await api.post("/v1/invocations", SUBMISSION, { prefer: "wait=30" });
    expect([submitted.status, submitted.headers.get("preference-applied")]).toEqual([202, null]);
    await runToEnd(api.backend, id);
    expect(await (await held).json()).toMatchObject({ status: "succeeded" });
    await expectOpen(api, "wait", 0);
  });
});
