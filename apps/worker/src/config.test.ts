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
