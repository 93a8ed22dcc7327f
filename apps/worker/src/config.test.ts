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
