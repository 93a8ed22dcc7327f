import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ConfigurationError, parseEnvironment } from "./configuration.ts";
import { AddressAllowance } from "./variables.ts";

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
