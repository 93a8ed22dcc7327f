import { describe, expect, it } from "vitest";
import { literalConfigValue, resolveConfigValue } from "./config-value.ts";

const environment = { KEY: "secret", EMPTY: "" };

describe("a value of the models file", () => {
  it.each([
    ["plain", "plain"],
    ["$KEY", "secret"],
    [`\${KEY}`, "secret"],
    [`a-\${KEY}-b`, "a-secret-b"],
    ["$$KEY", "$KEY"],
    ["$!now", "!now"],
    ["5 $ a piece", "5 $ a piece"],
  ])("%j resolves to %j", (raw, value) => {
    expect(resolveConfigValue(raw, environment)).toEqual({ kind: "value", value });
  });

  it.each(["$MISSING", "$EMPTY", `\${MISSING}`])("%j names a variable that is not set", (raw) => {
    expect(resolveConfigValue(raw, environment)).toMatchObject({ kind: "missing" });
  });

  it("that is a command is not run", () => {
    expect(resolveConfigValue("!cat /etc/passwd", environment)).toEqual({ kind: "command" });
  });

  it.each(["a$b", "!x", "$$", `\${HOME}`, "$!"])("that was written literally is %j again", (text) => {
    expect(resolveConfigValue(literalConfigValue(text), {})).toEqual({ kind: "value", value: text });
  });
});
