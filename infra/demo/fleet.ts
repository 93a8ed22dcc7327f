import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Client, createClient } from "@pifleet/client";
import type { Cleanup } from "../bootstrap/cleanup.mjs";
import { freePort } from "../bootstrap/free-port.mjs";
import { DemoFailure } from "./failure.ts";
import { startService } from "./service.ts";

const START_MS = 60_000;
const POLL_MS = 50;

/** A running fleet, and how to reach it. */
export interface Fleet {
  readonly url: string;
  readonly apiKey: string;
  readonly client: Client;
  /** Rejects when a process of the fleet ends too early. */
  readonly failed: Promise<never>;
}

/**
 * Starts an API and a worker, with a key and a directory that exist for them only.
 * @param launcher the file that starts the programs, from the sources or built
 */
export async function startFleet(launcher: string, cleanup: Cleanup, signal: AbortSignal): Promise<Fleet> {
  const apiKey = `pf_${randomBytes(24).toString("base64url")}`;
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), "pifleet-demo-"));
  cleanup.add(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));
  const env = {
    HOST: "127.0.0.1",
    PORT: String(port),
    LOG_LEVEL: "warn",
    PIFLEET_GRACE_MS: "2000",
    PIFLEET_BOOTSTRAP_KEY: apiKey,
    PIFLEET_WORKSPACES: join(directory, "workspaces"),
    PIFLEET_ARTIFACTS: join(directory, "artifacts"),
    PIFLEET_REDIS_PREFIX: `demo-${randomBytes(6).toString("hex")}`,
    OTEL_SDK_DISABLED: "true",
  };
  const failed = Promise.race(["api", "worker"].map((name) => startService([launcher, name], env, cleanup)));
  // Whoever waits for the fleet sees the failure; nobody waits while it is stopped.
  failed.catch(() => undefined);
  const url = `http://127.0.0.1:${port}`;
  const client = createClient({ url, apiKey });
  await Promise.race([failed, untilReady(client, AbortSignal.any([signal, AbortSignal.timeout(START_MS)]))]);
  return { url, apiKey, client, failed };
}

/** Until a worker is on the list, which takes the API, Redis and the worker. */
async function untilReady(client: Client, signal: AbortSignal): Promise<void> {
  while ((await workersSeen(client)) === 0) {
    if (signal.aborted) throw new DemoFailure(`The API and the worker were not ready: ${signal.reason}`);
    await setTimeout(POLL_MS);
  }
}

async function workersSeen(client: Client): Promise<number> {
  try {
    return (await client.workers.list()).length;
  } catch {
    // Not listening yet.
    return 0;
  }
}
