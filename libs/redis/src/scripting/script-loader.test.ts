import { describe, expect, it } from "vitest";
import { libraryScripts, loadScript, type ScriptSource } from "./script-loader.ts";
import { SCRIPT_NAMES, scriptText } from "./scripts.ts";

const TEXTS: Readonly<Record<string, string>> = {
  any: "-- head\n-- @include both\n-- @include one\nreturn one()",
  both: "-- @include one\n-- @include two\n",
};
const source: ScriptSource = (name) => TEXTS[name] ?? `local ${name} = 1\n`;

describe("the script loader", () => {
  it("puts each include in place once, where it is first asked for", () => {
    const lines = loadScript("any", source).split("\n").filter(Boolean);
    expect(lines).toEqual(["-- head", "local one = 1", "local two = 1", "return one()"]);
  });

  it("fails for an include that is not there", () => {
    const source = libraryScripts({ any: "-- @include nowhere" });
    expect(() => loadScript("any", source)).toThrow("There is no Lua file nowhere.lua.");
  });
});

describe("the scripts", () => {
  it.each(SCRIPT_NAMES)("%s begins with what goes in and comes out, and has all its includes", (name) => {
    expect(scriptText(name)).toMatch(/^--\[\[\n[\s\S]*?Input:[\s\S]*?Output:[\s\S]*?\]\]/);
    expect(scriptText(name)).not.toContain("@include");
  });
});
