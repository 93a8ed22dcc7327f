import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

/** Nothing listens on the discard port: a test that needs Redis fails here, instead of using one by chance. */
const NO_REDIS = "redis://127.0.0.1:9";

/** Gives the tests of `npm run test:unit` one temporary directory, and neither a Redis nor a built runner. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env.REDIS_URL = NO_REDIS;
  const directory = await mkdtemp(join(tmpdir(), "pifleet-test-"));
  project.provide("testRun", { id: randomUUID(), directory });
  return () => rm(directory, { recursive: true });
}
