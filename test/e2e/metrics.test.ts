import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { toolCall } from "@pifleet/testkit/model-server";
import { expect, test } from "vitest";
import { Stage } from "../crash/stage.ts";
import { problemsOf, queriesOfDashboard, queriesOfRules, readScrape } from "./promql.ts";

const read = (path: string) => readFileSync(new URL(`../../infra/${path}`, import.meta.url), "utf8");
const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).error === undefined;

function lint(text: string): string {
  const { stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
  return stdout + stderr;
}

const get = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
};

test("a worker tells that it lives, whether it takes work, and its figures; every query of dashboards and alerts finds its metrics and labels there", async () => {
  await using stage = await Stage.set({ env: { PIFLEET_WORKER_PORT: "0", PIFLEET_GRACE_MS: "60000" } });
  const [worker] = stage.fleet.workers;
  if (!worker) throw new Error("There is one");
  const { url } = await worker.logged("telling the worker's health");
  expect(await get(`${url}/livez`)).toMatchObject({ status: 200 });
  await expect.poll(() => get(`${url}/readyz`)).toMatchObject({ status: 200 });
  expect(await get(`${url}/nowhere`)).toMatchObject({ status: 404 });
  expect((await fetch(`${url}/metrics`, { method: "POST", body: "x".repeat(100_000) })).status).toBe(405);

  const gate = stage.gate();
  stage.models.enqueue(toolCall("bash", { command: gate.command }));
  const id = await stage.submit();
  await stage.worksOn(id);
  const ofWorker = await get(`${url}/metrics`);
  expect(ofWorker.text).toContain("pifleet_worker_running 1\n");
  expect(ofWorker.text).toMatch(/^pifleet_worker_disk_free_bytes \d{6,}/m);
  expect(ofWorker.text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  const scrape = async () => (await stage.fleet.api.fetch("/metrics")).text();
  await expect.poll(scrape, { timeout: 20_000 }).toContain("pifleet_usage_tokens_total{");
  const ofApi = await scrape();
  expect(ofApi).toContain('pifleet_attempt_duration_seconds_count{ended="runner_crashed"} 0\n');

  const queries = [
    ...queriesOfRules(read("prometheus/pifleet.rules.yml")),
    ...queriesOfDashboard(read("grafana/pifleet.json")),
  ];
  expect(queries.length).toBeGreaterThan(40);
  const scraped = readScrape(ofWorker.text, ofApi);
  expect(queries.flatMap((query) => problemsOf(query, scraped))).toEqual([]);
  if (HAS_PROMTOOL) expect([lint(ofWorker.text), lint(ofApi)]).toEqual(["", ""]);

  worker.kill("SIGTERM");
  await worker.logged("draining");
  expect(await get(`${url}/readyz`)).toMatchObject({ status: 503, text: expect.stringContaining("stopping") });
  expect(await get(`${url}/livez`)).toMatchObject({ status: 200 });
  await gate.open();
  expect(await worker.exited()).toBe(0);
});

test.runIf(HAS_PROMTOOL)("each alert fires once in the tests of the rules, and a healthy fleet fires none", () => {
  const directory = new URL("../../infra/prometheus/", import.meta.url);
  const rules = read("prometheus/pifleet.rules.yml");
  const tests = read("prometheus/pifleet.rules.test.yml");
  for (const [, alert = ""] of rules.matchAll(/- alert: (\w+)/g)) expect(tests).toContain(`alertname="${alert}"`);
  const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", "pifleet.rules.test.yml"], {
    cwd: directory,
    encoding: "utf8",
  });
  expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
});
