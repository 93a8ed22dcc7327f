import { expect, it } from "vitest";
import { secretsOf } from "./secrets.ts";

it("the secrets of an environment are its keys, tokens and passwords, by whatever name their owners know them", () => {
  const secrets = secretsOf({
    ANTHROPIC_API_KEY: "of-anthropic",
    AWS_BEARER_TOKEN_BEDROCK: "of-bedrock",
    AWS_SECRET_ACCESS_KEY: "of-aws",
    HF_TOKEN: "of-hugging-face",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20of-a-collector,x-team=search",
    REDIS_URL: "redis://default:of%20redis@db:6379",
  });
  for (const secret of ["of-anthropic", "of-bedrock", "of-aws", "of-hugging-face", "of-a-collector", "of redis"]) {
    expect(secrets).toContain(secret);
  }
});

it("paths, ids and settings are none", () => {
  const environment = {
    GOOGLE_APPLICATION_CREDENTIALS: "/etc/google.json",
    SSH_KEY_PATH: "/home/me/.ssh/id",
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_REGION: "eu-central-1",
    ANTHROPIC_API_KEY: "",
    REDIS_URL: "redis://db:6379",
    MONKEY: "banana-tree",
  };
  expect(secretsOf(environment)).toEqual([]);
});
