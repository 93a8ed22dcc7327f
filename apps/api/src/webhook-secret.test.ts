import { describe, expect, it } from "vitest";
import { rotatedSecrets } from "./webhook-secret.ts";

const NOW = Date.parse("2030-01-02T03:04:05.000Z");
const TOMORROW = "2030-01-03T03:04:05.000Z";
const secret = (value: string, expiresAt: string | null = null) => ({ value, expiresAt });

describe("after a rotation", () => {
  it("the old secret is good for 24 hours more", () => {
    expect(rotatedSecrets([secret("a")], "b", NOW)).toEqual([secret("b"), secret("a", TOMORROW)]);
  });

  it("a secret that was replaced before keeps its time, and one whose time is over is gone", () => {
    const noon = "2030-01-02T12:00:00.000Z";
    const secrets = [secret("c"), secret("b", noon), secret("a", "2030-01-02T03:04:05.000Z")];
    expect(rotatedSecrets(secrets, "d", NOW)).toEqual([secret("d"), secret("c", TOMORROW), secret("b", noon)]);
  });

  it("a secret that was replaced can be made the newest again", () => {
    expect(rotatedSecrets([secret("b"), secret("a", TOMORROW)], "a", NOW)).toEqual([
      secret("a"),
      secret("b", TOMORROW),
    ]);
  });

  it("there are never more than five", () => {
    let secrets = [secret("0")];
    for (const value of ["1", "2", "3", "4", "5", "6"]) secrets = rotatedSecrets(secrets, value, NOW);
    expect(secrets.map(({ value }) => value)).toEqual(["6", "5", "4", "3", "2"]);
  });
});
