import { expect, it } from "vitest";
import { modelSecrets } from "./model-secrets.ts";

it("the secrets of a models file are its keys and the headers that hold credentials, with what they refer to", () => {
  const models = [{ id: "m", headers: { "x-api-key": "of-one-model" } }];
  const modelOverrides = { m: { headers: { cookie: "of-an-override" } } };
  const secrets = modelSecrets(
    {
      providers: {
        literal: { apiKey: "literal-key", models, modelOverrides },
        referring: {
          apiKey: "$UNUSUAL_NAME",
          headers: { Authorization: "Bearer of-a-gateway", accept: "application/json" },
        },
        missing: { apiKey: "$NOT_SET" },
        none: {},
      },
    },
    { UNUSUAL_NAME: "referred-key" },
  );
  expect(secrets).toEqual(
    expect.arrayContaining(["literal-key", "referred-key", "of-one-model", "of-an-override", "of-a-gateway"]),
  );
  expect(secrets).not.toContain("application/json");
});

it("the names of gateways, regions and dummy keys are none", () => {
  const secrets = modelSecrets(
    {
      providers: {
        studio: { apiKey: "lm-studio" },
        gateway: {
          apiKey: "$KEY",
          headers: { "x-portkey-provider": "anthropic-eu", "x-route": "europe-west", "x-trace": "q9X2mB7vL4kT8sR1" },
        },
      },
    },
    { KEY: "not-needed" },
  );
  expect(secrets).toEqual(["q9X2mB7vL4kT8sR1", "q9X2mB7vL4kT8sR1"]);
});
