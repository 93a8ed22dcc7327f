import { describe, expect, it } from "vitest";
import { concealCredentials } from "./credentials.ts";

const url = new URL("https://user:s3cret-word@collector.example/v1/traces?token=in-the-query");
const headers = { authorization: "Bearer our-credential-0123", "x-team": "blue-team" };

describe("what a collector says", () => {
  it("is told without the credentials that it was sent", () => {
    const said = "Bearer our-credential-0123 of user, s3cret-word, in-the-query, blue-team: all wrong";
    expect(concealCredentials(said, url, headers)).toBe(
      "[redacted] of [redacted], [redacted], [redacted], [redacted]: all wrong",
    );
  });

  it("is told without the credentials of others, which are known by what stands before them", () => {
    const said = "not Bearer another-credential-0123 either";
    expect(concealCredentials(said, url, headers)).toBe("not Bearer [redacted] either");
  });
});
