import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { Cleanup } from "../../infra/bootstrap/cleanup.mjs";
import { provideRedis } from "../../infra/bootstrap/redis/provide.mjs";
import { Census } from "../leftovers/census.ts";
import { removeLeftovers } from "../leftovers/remove-leftovers.ts";
import type { TestRun } from "./test-run.ts";

/** Builds the runner that the tests start, unless it is there. */
const BUILD_RUNNER = "libs/harness/build/main.ts";

/**
 * Gives all tests one Redis (each keeps to keys of its own) and one temporary directory; in the end nothing may be
 * left of what they started and wrote.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const census = new Census();
  census.start();
  await promisify(execFile)(process.execPath, [BUILD_RUNNER]);
  const cleanup = new Cleanup();
  const { signal } = new AbortController();
  const redis = await provideRedis({ kind: "real", node: process.execPath, cleanup, signal });
  process.env.REDIS_URL = redis.url;
  const run: TestRun = { id: randomUUID(), directory: await mkdtemp(join(tmpdir(), "pifleet-test-")) };
  project.provide("testRun", run);
  return async () => {
    await cleanup.run();
    census.stop();
    await failOnLeftovers(run, census);
  };
}

async function failOnLeftovers(run: TestRun, census: Census): Promise<void> {
  const leftovers = await removeLeftovers(run, { census });
  if (leftovers.length > 0) throw new Error(`The tests left something behind:\n  ${leftovers.join("\n  ")}`);
  process.stdout.write(`${census.size} processes were started, and none is left\n`);
}
