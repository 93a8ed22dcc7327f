import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ERROR_POLICY, ErrorCode } from "./error-code.ts";
import { ProblemCode } from "./problem.ts";

const document = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
const [, ofInvocations = "", ofRequests = ""] = document.split(/^## Errors of .*$/m);

const RETRIES = {
  never: "none follows.",
  again: "at once, up to `limits.maxAttempts`.",
  patience: "after growing waits, for `limits.providerPatienceMs`.",
};

/** The paragraph below each heading, by the code in it. */
function paragraphs(section: string): Record<string, string> {
  const [, ...parts] = section.split(/^### /m);
  return Object.fromEntries(
    parts.map((part) => {
      const [heading = "", ...text] = part.split("\n");
      return [heading.replaceAll("`", ""), text.join("\n").trim()];
    }),
  );
}

describe("docs/errors.md", () => {
  it("has a paragraph for each error of an invocation, with the status and the retry of its policy", () => {
    const found = paragraphs(ofInvocations);
    expect(Object.keys(found)).toEqual(ErrorCode.options);
    for (const code of ErrorCode.options) {
      const { status, retry } = ERROR_POLICY[code];
      expect(found[code], code).toMatch(new RegExp(`^Status \`${status}\`\\. \\S`));
      expect(found[code], code).toContain(`**Retry:** ${RETRIES[retry]} **Do:** `);
    }
  });

  it("has a paragraph for each error of a request", () => {
    const found = paragraphs(ofRequests);
    expect(Object.keys(found)).toEqual(ProblemCode.options);
    for (const [code, text] of Object.entries(found))
      expect(text, code).toMatch(/^Status [45]\d\d\. \S[\s\S]*\n\*\*Retry:\*\* [\s\S]+ \*\*Do:\*\* \S/);
  });
});
