import { describe, expect, it } from "vitest";
import { loadScript, type ScriptSource } from "./script-loader.ts";
import { SCRIPT_NAMES, scriptText } from "./scripts.ts";

const source: ScriptSource = {
  script: () => "-- head\n-- @include both\n-- @include one\nreturn one()",
  include: (name) => (name === "both" ? "-- @include one\n-- @include two\n" : `local ${name} = 1\n`),
};

describe("the script loader", () => {
  it("puts each include in place once, where it is first asked for", () => {
    const lines = loadScript("any", source).split("\n").filter(Boolean);
    expect(lines).toEqual(["-- head", "local one = 1", "local two = 1", "return one()"]);
  });

  it("fails for an include that is not there", () => {
    const missing = {
      ...source,
      include: () => {
        throw new Error("no such file");
      },
    };
    expect(() => loadScript("any", missing)).toThrow("no such file");
  });
});

describe("the scripts", () => {
  it.each(SCRIPT_NAMES)("%s begins with what goes in and comes out, and has all its includes", (name) => {
    expect(scriptText(name)).toMatch(/^--\[\[\n[\s\S]*?Input:[\s\S]*?Output:[\s\S]*?\]\]/);
    expect(scriptText(name)).not.toContain("@include");
  });
});
