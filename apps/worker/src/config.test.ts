import { availableParallelism } from "node:os";
import { ConfigurationError } from "@pifleet/environment";
import { expect, it } from "vitest";
import { readConfig } from "./config.ts";

it("a schedule of webhooks replaces the usual one", () => {
  expect(readConfig({}).webhookSchedule).toHaveLength(10);
  expect(readConfig({ PIFLEET_WEBHOOK_SCHEDULE: "0s,1s,2s" }).webhookSchedule).toEqual([0, 1_000, 2_000]);
});

it("a bad schedule of webhooks stops the start with one line that names the variable", () => {
  const read = () => readConfig({ PIFLEET_WEBHOOK_SCHEDULE: "0s,soon" });
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(/^PIFLEET_WEBHOOK_SCHEDULE must be lengths of time .*"soon" is none$/);
});

it("artifacts are kept below the prefix of the fleet, within limits", () => {
  const config = readConfig({
    PIFLEET_ARTIFACTS: "/data/artifacts",
    PIFLEET_REDIS_PREFIX: "blue",
    PIFLEET_ARTIFACT_FILES: "5",
    PIFLEET_ARTIFACT_FILE_MB: "1",
  });
  expect(config.artifacts).toEqual({ kind: "directory", directory: "/data/artifacts/blue" });
  expect(config.artifactLimits).toEqual({ files: 5, fileBytes: 1_048_576, totalBytes: 200 * 1_048_576 });
});

it.each(["/data", "/data/", "/data/ws/../artifacts"])(
  "artifacts must not lie among the workspaces: %s",
  (artifacts) => {
    const read = () => readConfig({ PIFLEET_WORKSPACES: "/data", PIFLEET_ARTIFACTS: artifacts });
    expect(read).toThrow(/^PIFLEET_ARTIFACTS must not lie in PIFLEET_WORKSPACES/);
  },
);

it("artifacts may be kept in a bucket, wherever the workspaces are", () => {
  const credentials = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "s3cret" };
  const place = { PIFLEET_ARTIFACTS: "s3://kept", AWS_REGION: "eu-central-1" };
  const config = readConfig({ PIFLEET_WORKSPACES: process.cwd(), ...place, ...credentials });
  expect(config.artifacts).toMatchObject({ kind: "s3", bucket: "kept", prefix: "pifleet" });
  expect(() => readConfig({ ...place })).toThrow(/^AWS_ACCESS_KEY_ID must be set when PIFLEET_ARTIFACTS is a bucket$/);
});

it("artifacts may lie beside the workspaces", () => {
  const config = readConfig({ PIFLEET_WORKSPACES: "/data/a", PIFLEET_ARTIFACTS: "/data/artifacts" });
  expect(config.artifacts).toEqual({ kind: "directory", directory: "/data/artifacts/pifleet" });
});

it.each([
  ["PIFLEET_WATCHDOG_MS", "500", "must be 0 (off) or a whole number from 1000 to 600000"],
  ["PIFLEET_WARM", "-1", "must be a whole number from 0 to 1000"],
  ["PIFLEET_WARM", "1001", "must be a whole number from 0 to 1000"],
  ["PIFLEET_WARM", "many", "must be a whole number from 0 to 1000"],
  ["PIFLEET_WARM", "5", "must not be more than PIFLEET_CONCURRENCY, which is 4"],
  ["PIFLEET_CONCURRENCY", "0", "must be a whole number from 1 to 1000"],
  ["PIFLEET_CONCURRENCY", "1001", "must be a whole number from 1 to 1000"],
  ["PIFLEET_RUNNER_HEAP_MB", "63", "must be a whole number from 64 to 65536"],
  ["PIFLEET_RUNNER_HEAP_MB", "1e3", "must be a whole number from 64 to 65536"],
])("%s=%s stops the start with one line", (name, value, wrong) => {
  const read = () => readConfig({ PIFLEET_CONCURRENCY: "4", [name]: value });
  expect(read).toThrow(new ConfigurationError(`${name} ${wrong}`));
});

it("one runner a core waits, but never more than may run, and as many as are asked for", () => {
  expect(readConfig({ PIFLEET_CONCURRENCY: "1000" }).warm).toBe(availableParallelism());
  expect(readConfig({ PIFLEET_CONCURRENCY: "1" }).warm).toBe(1);
  expect(readConfig({ PIFLEET_CONCURRENCY: "3", PIFLEET_WARM: "3" }).warm).toBe(3);
  expect(readConfig({ PIFLEET_WARM: "0" }).warm).toBe(0);
});

it("replicas are waited for when that is asked for, and not by default", () => {
  expect(readConfig({}).replication).toBeUndefined();
  expect(readConfig({ PIFLEET_REDIS_REPLICAS: "1" }).replication).toEqual({ replicas: 1, waitMs: 250 });
  const read = () => readConfig({ PIFLEET_REDIS_REPLICAS: "1", PIFLEET_REDIS_WAIT_MS: "5000" });
  expect(read).toThrow(/^PIFLEET_REDIS_WAIT_MS must be a whole number from 1 to 1000$/);
});
