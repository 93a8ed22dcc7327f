import { Submission } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { withinAttempts } from "./attempt-ceiling.ts";

const asking = (maxAttempts?: number) =>
  Submission.parse({ model: "demo/scripted", input: "hello", ...(maxAttempts && { limits: { maxAttempts } }) });

describe("the most attempts that a deployment allows", () => {
  it("may be asked for, and no more: the problem names the variable", () => {
    expect(withinAttempts(asking(5), 5)).toEqual(asking(5));
    expect(() => withinAttempts(asking(6), 5)).toThrow(
      /limits\/maxAttempts: must not be greater than 5.*PIFLEET_MAX_ATTEMPTS/,
    );
  });

  it("lower the default", () => {
    expect(withinAttempts(asking(), 2).limits).toEqual({ maxAttempts: 2 });
    expect(withinAttempts(asking(), 3)).toEqual(asking());
  });
});
