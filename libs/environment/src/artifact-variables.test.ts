import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ARTIFACT_VARIABLES, artifactPlace, checkArtifactVariables } from "./artifact-variables.ts";
import { ConfigurationError, type Environment, parseEnvironment } from "./configuration.ts";

const Schema = z.object(ARTIFACT_VARIABLES).superRefine(checkArtifactVariables);
const KEYS = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "s3cret" };
const CREDENTIALS = { accessKeyId: "AKIA1", secretAccessKey: "s3cret" };
const BUCKET = { ...KEYS, PIFLEET_ARTIFACTS: "s3://kept/runs", AWS_REGION: "eu-central-1" };

function placeOf(environment: Environment) {
  return artifactPlace(parseEnvironment(Schema, environment), "blue");
}

describe("the place of the artifacts", () => {
  it("is a directory, in which each fleet has its own", () => {
    expect(placeOf({})).toEqual({ kind: "directory", directory: join(tmpdir(), "pifleet-artifacts", "blue") });
    // What is for somebody else does not stop the start.
    const others = { AWS_ENDPOINT_URL: "nonsense", AWS_REGION: "a b" };
    expect(placeOf({ ...others, PIFLEET_ARTIFACTS: "/data/" })).toEqual({ kind: "directory", directory: "/data/blue" });
  });

  it("is a bucket of Amazon's, in which each fleet has a prefix of its own", () => {
    const expected = {
      kind: "s3",
      bucket: "kept",
      prefix: "runs/blue",
      region: "eu-central-1",
      credentials: CREDENTIALS,
    };
    expect(placeOf(BUCKET)).toEqual(expected);
    expect(placeOf({ ...BUCKET, PIFLEET_ARTIFACTS: "s3://kept/" })).toEqual({ ...expected, prefix: "blue" });
    expect(placeOf({ ...BUCKET, AWS_REGION: " ", AWS_DEFAULT_REGION: "us-west-2" })).toMatchObject({
      region: "us-west-2",
    });
    expect(placeOf({ ...BUCKET, AWS_SESSION_TOKEN: "t" })).toMatchObject({
      credentials: { ...CREDENTIALS, sessionToken: "t" },
    });
  });

  it("is a bucket of another store, which needs no region; its own variable comes first", () => {
    const { AWS_REGION: _, ...other } = { ...BUCKET, AWS_ENDPOINT_URL: "http://minio:9000" };
    expect(placeOf(other)).toMatchObject({ endpoint: "http://minio:9000", region: "us-east-1" });
    const endpoint = "https://account.r2.cloudflarestorage.com";
    expect(placeOf({ ...other, AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: "auto" })).toMatchObject({
      endpoint,
      region: "auto",
    });
  });

  it.each([
    ["PIFLEET_ARTIFACTS", "data/artifacts"],
    ["PIFLEET_ARTIFACTS", "https://kept.s3.amazonaws.com"],
    ["PIFLEET_ARTIFACTS", "s3://"],
    ["PIFLEET_ARTIFACTS", "s3://KEPT/runs"],
    ["PIFLEET_ARTIFACTS", "s3://kept/runs/../others"],
    ["PIFLEET_ARTIFACTS", "s3://kept//runs"],
    ["PIFLEET_ARTIFACTS", "s3://kept/ä"],
    ["PIFLEET_ARTIFACTS", "s3://kept/runs?x=1"],
    ["AWS_ACCESS_KEY_ID", undefined],
    ["AWS_SECRET_ACCESS_KEY", " "],
    ["AWS_REGION", undefined],
    ["AWS_REGION", "eu/../central"],
    ["AWS_DEFAULT_REGION", "a.example"],
    ["AWS_ENDPOINT_URL_S3", "minio:9000"],
    ["AWS_ENDPOINT_URL", "http://user:passw0rd@minio:9000"],
    ["AWS_ENDPOINT_URL", "http://minio:9000/?x=1"],
  ])("stops the start with one line that names %s when that is %j", (name, value) => {
    const read = () => placeOf({ ...BUCKET, [name]: value });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(new RegExp(`^${name} must `));
    expect(read).not.toThrow(/s3cret|passw0rd|\n/);
  });
});
