import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it, vi } from "vitest";
import { problemOf, startApi } from "../testing/api.ts";
import { altered, away } from "../testing/backends.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

describe("health", () => {
  it("is fine when the database answers", async () => {
    const api = await startApi(memory());
    expect(await (await api.get("/livez")).json()).toEqual({ status: "ok" });
    expect(await (await api.get("/readyz")).json()).toEqual({ status: "ok" });
  });

  it("says alive but not ready while the database is away", async () => {
    const api = await startApi(altered(memory(), { ping: away }));
    expect((await api.get("/livez")).status).toBe(200);
    expect(await problemOf(await api.get("/readyz"))).toMatchObject({ status: 503, code: "unavailable" });
  });
});

describe("readiness while the database takes no writes", () => {
  it("is refused, and says why, in the log as a warning", async () => {
    const reason = "Redis is full: it has reached its maxmemory; free memory or raise it";
    const api = await startApi(altered(memory(), { refusesWrites: async () => reason }));
    const problem = { status: 503, code: "writes_refused", detail: reason };
    expect(await problemOf(await api.get("/readyz"))).toMatchObject(problem);
    const lines = api.log.map((line) => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", reason, msg: "this process is not ready" }));
    expect(lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("the metrics", () => {
  it("tell the queue, the workers and the requests by route, whatever the path", async () => {
    const api = await startApi(memory());
    const { id } = await api.submit();
    await api.get(`/v1/invocations/${id}`);
    await api.get("/nowhere/1");
    await api.get("/nowhere/2");
    const response = await api.get("/metrics");
    const text = await response.text();
    expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('pifleet_queue_entries{state="waiting"} 1\n');
    expect(text).toContain('pifleet_queue_entries{state="claimed"} 0\n');
    expect(text).toContain("pifleet_queue_paused 0\n");
    expect(text).toContain("pifleet_workers 0\n");
    expect(text).toContain("pifleet_worker_slots 0\n");
    expect(text).toContain("pifleet_invocations_running 0\n");
    expect(text).toContain("pifleet_backend_up 1\n");
    expect(text).toContain('_count{method="GET",route="/v1/invocations/:id",status="200"} 1\n');
    expect(text).toContain('_count{method="any",route="unmatched",status="404"} 2\n');
    expect(text).toContain("process_resident_memory_bytes ");
    expect(text).not.toContain(id);
  });

  it("tell what the workers have recovered, mended and swept", async () => {
    const backend = memory();
    await backend.counters.add({ recovered_claims: 3 });
    const api = await startApi(backend);
    expect(await (await api.get("/metrics")).text()).toContain('pifleet_repairs_total{what="recovered_claims"} 3\n');
  });

  it("do not cost the database a question each when many ask at once, and all get all of them", async () => {
    const backend = memory();
    const depth = vi.fn(() => backend.queue.depth());
    const list = vi.fn(() => backend.workers.list());
    const api = await startApi(altered(backend, { queue: { depth }, workers: { list } }));
    const texts = await Promise.all(Array.from({ length: 20 }, async () => (await api.get("/metrics")).text()));
    for (const text of texts) expect(text).toMatch(/^pifleet_invocations_running 0$/m);
    expect(depth.mock.calls.length).toBeLessThan(texts.length);
    expect(list.mock.calls.length).toBeLessThan(texts.length);
  });

  it("say that the database is away, and leave out what only it knows", async () => {
    const api = await startApi(altered(memory(), { queue: { depth: away } }));
    const text = await (await api.get("/metrics")).text();
    expect(text).toContain("pifleet_backend_up 0\n");
    expect(text).not.toMatch(/^pifleet_(queue|workers|worker_slots|invocations_running)\S* /m);
  });
});
