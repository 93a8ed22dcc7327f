import { describe, expect, it } from "vitest";
import * as z from "zod";
import { BriefSubmission, briefSubmission, ShownSubmission, shownSubmission } from "./shown-submission.ts";
import { Submission, type SubmissionInput } from "./submission.ts";

const SECRET = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH";

function submissionOf(given: Partial<SubmissionInput>): Submission {
  return Submission.parse({ model: "demo/scripted", input: "hello", ...given });
}

describe("what a record shows of its submission", () => {
  it("is what was asked for, with what the defaults add", () => {
    const submission = submissionOf({
      input: [{ role: "user", content: "Say hello" }],
      instructions: "Be brief.",
      webhook: { url: "https://example.com/", secret: `whsec_${"QUJD".repeat(8)}` },
      priority: 3,
    });
    expect(shownSubmission(submission)).toEqual({
      name: "Say hello",
      input: [{ role: "user", content: "Say hello" }],
      instructions: "Be brief.",
      tools: ["read", "bash", "edit", "write"],
      recovery: "rerun",
      priority: 3,
      delayMs: 0,
      webhook: { url: "https://example.com/", events: [] },
    });
  });

  it("is the name that was given, or else the first words of what the user said last", () => {
    const nameOf = (given: Partial<SubmissionInput>) => briefSubmission(submissionOf(given)).name;
    expect(nameOf({ name: "Nightly", input: "Fix it" })).toBe("Nightly");
    expect(nameOf({ input: "  Fix\n the   tests " })).toBe("Fix the tests");
    expect(nameOf({ input: "word ".repeat(40) })).toBe(`${"word ".repeat(15)}word…`);
    expect(nameOf({ input: "x".repeat(200) })).toBe(`${"x".repeat(80)}…`);
    const said = [
      { role: "assistant" as const, content: "What?" },
      { role: "user" as const, content: "That" },
    ];
    expect(nameOf({ input: said })).toBe("That");
  });

  it("holds no secret, also where a cut goes through it", () => {
    for (const before of [0, 490, 65_520]) {
      const text = `${"a b ".repeat(before / 4)}${SECRET} and more ${"x ".repeat(40_000)}`;
      const submission = submissionOf({ input: text, instructions: text.slice(0, 200_000), name: SECRET });
      const shown = JSON.stringify([shownSubmission(submission), briefSubmission(submission)]);
      expect(shown).not.toContain("sk-ant");
    }
  });

  it("is bounded, whatever was submitted, and shows images as their type and size", () => {
    const image = { type: "image" as const, mediaType: "image/png", data: "QUJD".repeat(250_000) };
    const input = Array.from({ length: 4_000 }, (_, i) => ({
      role: "user" as const,
      content: [{ type: "text" as const, text: `${i} ${"😀".repeat(100)}` }, ...(i === 3_999 ? [image] : [])],
    }));
    const submission = submissionOf({ input });
    const shown = shownSubmission(submission);
    expect(JSON.stringify(shown).length).toBeLessThan(150_000);
    expect(shown.input.at(-1)).toMatchObject({
      content: expect.stringMatching(/^3999 .*\n\[image\/png, 750000 bytes\]$/),
    });
    expect(z.safeParse(ShownSubmission, shown).success).toBe(true);
    expect(BriefSubmission.safeParse(briefSubmission(submission)).success).toBe(true);
    expect(briefSubmission(submission).input.isWellFormed()).toBe(true);
  });
});
