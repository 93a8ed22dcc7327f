import { expect, test } from "vitest";
import { readClientConfig, readDevConfig, wantsColour, wantsSpinner } from "./config.ts";

test("without any variable the fleet is on this machine", () => {
  expect(readClientConfig({})).toEqual({ url: "http://127.0.0.1:8787", apiKey: undefined });
});

test.each([
  [{ PIFLEET_URL: "fleet.example" }, /^PIFLEET_URL must be an http or https URL/],
  [{ PIFLEET_URL: "ftp://fleet.example" }, /^PIFLEET_URL must be/],
  [{ PIFLEET_API_KEY: "pf_secret\n" }, /^PIFLEET_API_KEY must be one word/],
])("%o is refused by the variable's name, without its value", (environment, message) => {
  expect(() => readClientConfig(environment)).toThrow(message);
  expect(() => readClientConfig(environment)).not.toThrow(/secret/);
});

test("a fleet on this machine asks for no key", () => {
  const config = readDevConfig({ HOME: "/home/ada" });
  expect(config).toMatchObject({ apiUrl: "http://127.0.0.1:8787", auth: false, redisUrl: "redis://127.0.0.1:6379" });
  expect(config.childEnvironment).toMatchObject({ HOME: "/home/ada", PIFLEET_AUTH: "off", PORT: "8787" });
});

test("a fleet that only this machine can reach may send to this machine, unless it is told otherwise", () => {
  const allowed = (environment: Record<string, string>) =>
    readDevConfig({ PIFLEET_BOOTSTRAP_KEY: "pf_0123456789abcdef", ...environment }).childEnvironment
      .PIFLEET_WEBHOOK_ALLOW;
  expect(allowed({})).toBe("loopback");
  expect(allowed({ HOST: "0.0.0.0" })).toBeUndefined();
  expect([allowed({ PIFLEET_WEBHOOK_ALLOW: "" }), allowed({ PIFLEET_WEBHOOK_ALLOW: "private" })]).toEqual([
    "",
    "private",
  ]);
});

test("with a bootstrap key it asks for it, also where others can reach it", () => {
  const config = readDevConfig({ HOST: "0.0.0.0", PORT: "9000", PIFLEET_BOOTSTRAP_KEY: "pf_0123456789abcdef" });
  expect(config).toMatchObject({ apiUrl: "http://127.0.0.1:9000", auth: true });
  expect(config.childEnvironment).not.toHaveProperty("PIFLEET_AUTH");
});

test.each([
  [{ HOST: "0.0.0.0" }, /^PIFLEET_BOOTSTRAP_KEY must be set/],
  [{ PORT: "0" }, /^PORT must be a whole number from 1 to 65535/],
  [{ PORT: "http" }, /^PORT must be/],
  [{ REDIS_URL: "localhost" }, /^REDIS_URL must be/],
  [{ PIFLEET_GRACE_MS: "-1" }, /^PIFLEET_GRACE_MS must be/],
])("dev refuses %o", (environment, message) => {
  expect(() => readDevConfig(environment)).toThrow(message);
});

test("colours are for who did not say no", () => {
  expect(wantsColour({ NO_COLOR: "1" })).toBe(false);
  expect(wantsColour({ NO_COLOR: "" })).toBe(true);
  expect(wantsColour({ TERM: "dumb" })).toBe(false);
});

test("what moves is for terminals that can show it, and not for logs of CI", () => {
  expect(wantsSpinner({ TERM: "xterm" })).toBe(true);
  expect(wantsSpinner({ TERM: "dumb" })).toBe(false);
  expect(wantsSpinner({ TERM: "xterm", CI: "" })).toBe(false);
});
