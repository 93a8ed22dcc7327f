import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cleanup } from "../bootstrap/cleanup.mjs";
import { startFleet } from "../demo/fleet.ts";

let outdir: string;
let launcher: string;

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), "built-"));
  launcher = join(outdir, "pifleet.mjs");
  await promisify(execFile)(process.execPath, ["infra/build/main.ts", `--outdir=${outdir}`]);
}, 60_000);

afterAll(() => rm(outdir, { recursive: true }));

test("the built command line runs without node_modules", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [launcher, "--help"], { cwd: outdir });
  expect(stdout).toContain("submit");
});

test("the built API, worker and runner bring an invocation to its end", async () => {
  const cleanup = new Cleanup();
  try {
    const { client } = await startFleet(launcher, cleanup, AbortSignal.timeout(60_000));
    const { id } = await client.invocations.create({ model: "demo/scripted", input: "Say hello" });
    expect(await client.invocations.wait(id)).toMatchObject({ status: "succeeded", usage: { toolCalls: 3 } });
  } finally {
    await cleanup.run();
  }
}, 60_000);
