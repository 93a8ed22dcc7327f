import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ConfigurationError, parseEnvironment } from "./configuration.ts";
import { AddressAllowance, NameServers } from "./variables.ts";

const Schema = z.object({ PIFLEET_WEBHOOK_ALLOW: AddressAllowance });

describe("the addresses that a deployment allows", () => {
  it.each([
    [undefined, []],
    [" ", []],
    ["loopback", ["loopback"]],
    ["loopback, private", ["loopback", "private"]],
    ["10.1.0.0/16,fd12::/48 , 192.168.7.9/32", ["10.1.0.0/16", "fd12::/48", "192.168.7.9/32"]],
  ])("are read from %j", (text, allowed) => {
    expect(parseEnvironment(Schema, { PIFLEET_WEBHOOK_ALLOW: text })).toEqual({ PIFLEET_WEBHOOK_ALLOW: allowed });
  });

  it.each([
    ["everything", "everything"],
    ["Loopback", "Loopback"],
    ["loopback,", ""],
    ["loopback;private", "loopback;private"],
    ["private,10.0.0.0", "10.0.0.0"],
    ["10.0.0.0/33", "10.0.0.0/33"],
    ["10.0.0.0/-1", "10.0.0.0/-1"],
    ["10.0.0.0/", "10.0.0.0/"],
    ["10.0.0/8", "10.0.0/8"],
    ["010.0.0.0/8", "010.0.0.0/8"],
    ["fd00::/129", "fd00::/129"],
    ["fd00::g/64", "fd00::g/64"],
    ["fe80::1%eth0/64", "fe80::1%eth0/64"],
    ["internal.example/8", "internal.example/8"],
  ])("are refused as %j, naming what is wrong", (text, wrong) => {
    expect(() => parseEnvironment(Schema, { PIFLEET_WEBHOOK_ALLOW: text })).toThrow(
      new ConfigurationError(
        "PIFLEET_WEBHOOK_ALLOW must be loopback, private and CIDRs such as 10.1.0.0/16, separated by commas; " +
          `${JSON.stringify(wrong)} is none of them`,
      ),
    );
  });
});

describe("the name servers for hosts that clients name", () => {
  const read = (text: string | undefined) =>
    parseEnvironment(z.object({ PIFLEET_NAME_SERVERS: NameServers }), { PIFLEET_NAME_SERVERS: text });

  it.each([
    [undefined, undefined],
    [" ", undefined],
    ["10.0.0.2", ["10.0.0.2"]],
    ["fd00::2 ,10.0.0.2:5353,[fd00::2]:53", ["fd00::2", "10.0.0.2:5353", "[fd00::2]:53"]],
  ])("are read from %j", (text, servers) => {
    expect(read(text)).toEqual(servers ? { PIFLEET_NAME_SERVERS: servers } : {});
  });

  it.each([
    "dns.example",
    "10.0.0.2:0",
    "10.0.0.2:70000",
    "10.0.0.2:dns",
    "[10.0.0.2]:53",
    "fd00::2]:53",
    ":53",
    "10.0.0.2,",
  ])("are refused as %j, with an example", (text) => {
    expect(() => read(text)).toThrow(/^PIFLEET_NAME_SERVERS must be IP addresses such as .*; ".*" is none$/);
  });
});
