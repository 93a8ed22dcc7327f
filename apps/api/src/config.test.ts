import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "@pifleet/environment";
import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const KEY = "k".repeat(16);

describe("the configuration", () => {
  it("needs nothing but a key", () => {
    expect(readConfig({ PIFLEET_BOOTSTRAP_KEY: KEY })).toEqual({
      unknownVariables: [],
      redisUrl: "redis://127.0.0.1:6379",
      redisPrefix: "pifleet",
      artifacts: { kind: "directory", directory: join(tmpdir(), "pifleet-artifacts", "pifleet") },
      host: "127.0.0.1",
      port: 8787,
      logLevel: "info",
      watchdogMs: 5_000,
      maxAttempts: 20,
      bootstrapKey: KEY,
      rate: { perSecond: 50, burst: 100 },
      limits: { tenantQueued: 2_000, queued: 100_000, tenantRunning: null, tenantBytes: 536_870_912 },
      retentionMs: 7 * 86_400_000,
      traceBaggage: new Set(),
      hosts: new Set(),
      openLimits: { perKey: 1_000, all: 10_000 },
      origins: new Set(),
      allowedAddresses: [],
    });
  });

  it("takes lists of baggage and of addresses", () => {
    const lists = { PIFLEET_TRACE_BAGGAGE: "tenant, user.id", PIFLEET_WEBHOOK_ALLOW: "loopback,10.1.0.0/16" };
    expect(readConfig({ PIFLEET_BOOTSTRAP_KEY: KEY, ...lists })).toMatchObject({
      traceBaggage: new Set(["tenant", "user.id"]),
      allowedAddresses: ["loopback", "10.1.0.0/16"],
    });
    const allow = () => readConfig({ PIFLEET_BOOTSTRAP_KEY: KEY, PIFLEET_WEBHOOK_ALLOW: "everything" });
    expect(allow).toThrow(/^PIFLEET_WEBHOOK_ALLOW must be loopback, private and CIDRs/);
  });

  it("takes names of hosts, and limits of what is open", () => {
    const given = { PIFLEET_HOSTS: "Fleet.internal, b", PIFLEET_OPEN_PER_KEY: "5", PIFLEET_OPEN: "50" };
    expect(readConfig({ PIFLEET_BOOTSTRAP_KEY: KEY, ...given })).toMatchObject({
      hosts: new Set(["fleet.internal", "b"]),
      openLimits: { perKey: 5, all: 50 },
    });
    const hosts = () => readConfig({ PIFLEET_BOOTSTRAP_KEY: KEY, PIFLEET_HOSTS: "https://fleet.internal" });
    expect(hosts).toThrow(/^PIFLEET_HOSTS must be names of hosts/);
  });

  it("takes a variable that is set to nothing as not set", () => {
    expect(readConfig({ PIFLEET_BOOTSTRAP_KEY: KEY, PORT: "", PIFLEET_RETENTION: "" })).toMatchObject({
      port: 8787,
      retentionMs: 7 * 86_400_000,
    });
  });

  it("takes a rate in requests a second, or none", () => {
    const rateOf = (text: string) => readConfig({ PIFLEET_BOOTSTRAP_KEY: KEY, PIFLEET_RATE_LIMIT: text }).rate;
    expect([rateOf("5"), rateOf("0")]).toEqual([{ perSecond: 5, burst: 10 }, null]);
  });

  it("lets any free port be asked for", () => {
    expect(readConfig({ PIFLEET_BOOTSTRAP_KEY: KEY, PORT: "0" }).port).toBe(0);
  });

  it.each(["127.0.0.1", "127.9.9.9", "::1", "localhost"])("lets authentication be off on %s", (HOST) => {
    expect(readConfig({ PIFLEET_AUTH: "off", HOST, PIFLEET_BOOTSTRAP_KEY: KEY }).bootstrapKey).toBeNull();
  });

  it.each(["0.0.0.0", "::", "10.0.0.1", "example.com", "127.0.0.1.example.com"])(
    "refuses authentication to be off on %s",
    (HOST) => {
      expect(() => readConfig({ PIFLEET_AUTH: "off", HOST })).toThrow(/^PIFLEET_AUTH must be on unless HOST/);
    },
  );

  it("refuses to start without a key when authentication is on", () => {
    expect(() => readConfig({})).toThrow(/^PIFLEET_BOOTSTRAP_KEY must be set/);
  });

  it.each([
    ["REDIS_URL", "localhost:6379"],
    ["REDIS_URL", "http://127.0.0.1"],
    ["PORT", "eighty"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["LOG_LEVEL", "loud"],
    ["PIFLEET_BOOTSTRAP_KEY", "short"],
    ["PIFLEET_BOOTSTRAP_KEY", "with a space in the middle"],
    ["PIFLEET_AUTH", "no"],
    ["PIFLEET_CORS_ORIGINS", "fleet.test"],
    ["PIFLEET_CORS_ORIGINS", "https://app.example.com/"],
    ["PIFLEET_CORS_ORIGINS", "https://app.example.com,ftp://files.example.com"],
    ["PIFLEET_RATE_LIMIT", "fast"],
    ["PIFLEET_RATE_LIMIT", "-1"],
    ["PIFLEET_RATE_LIMIT", "0.5"],
    ["PIFLEET_RETENTION", "a week"],
    ["PIFLEET_REDIS_PREFIX", "{a}:b"],
    ["PIFLEET_TRACE_BAGGAGE", "user id"],
    ["PIFLEET_TRACE_BAGGAGE", "user,,tenant"],
  ])("names %s in one line when it is %j, and does not repeat the value", (name, value) => {
    const error = thrown(() => readConfig({ PIFLEET_BOOTSTRAP_KEY: KEY, [name]: value }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error?.message).toMatch(new RegExp(`^${name} must `));
    expect(error?.message).not.toContain("\n");
    expect(error?.message).not.toContain(value);
  });
});

function thrown(act: () => unknown): Error | undefined {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  return undefined;
}
