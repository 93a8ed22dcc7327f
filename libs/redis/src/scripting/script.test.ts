import fc from "fast-check";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import "../index.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";
import { makeKeys } from "./keys.ts";
import { flag, json, number, numeral, optionalNumber, text } from "./parameters.ts";
import { integer, listOf, oneOf, orNull, textOf, tuple, yesOrNo } from "./replies.ts";
import { definedScripts, defineScript } from "./script.ts";
import { Scripts } from "./scripts.ts";

const BODY = "return { first .. second .. third, limit * 2, is_last and 1 or 0 }";
const THREE_KEYS = defineScript(
  {
    name: "three-keys",
    keys: { first: "a key", second: "another", third: "a last one" },
    args: { limit: number("how many"), isLast: flag("whether it is the last") },
    reply: tuple(textOf("the keys"), integer("twice the limit"), yesOrNo("it was the last")),
  },
  () => BODY,
);
const THREE = { first: "a", second: "b", third: "c" };

describe("a script that is declared", () => {
  const ownPrefix = useOwnKeys();
  const scripts = ({ name, text: lua }: { name: string; text: string } = THREE_KEYS) => {
    const redis = new Redis(TEST_REDIS_URL, { enableAutoPipelining: true });
    const own = new Scripts(redis, makeKeys(ownPrefix()), 1_000, new Map([[name, lua]]));
    return { redis, scripts: own, [Symbol.dispose]: () => redis.disconnect() };
  };

  it("is called in a pipeline that was opened before its first call", async () => {
    using own = scripts();
    const ping = own.redis.ping();
    const reply = own.scripts.call(THREE_KEYS, THREE, { limit: 4, isLast: true });
    await expect(Promise.all([ping, reply])).resolves.toEqual(["PONG", ["abc", 8, true]]);
  });

  it("is refused on a connection that was made before it", async () => {
    using own = scripts();
    const late = defineScript({ name: "late", keys: {}, args: {}, reply: integer("one") }, () => "return 1");
    await expect(own.scripts.call(late, {}, {})).rejects.toThrow(
      "Script late was declared after the connection was made.",
    );
  });

  it("is called with its keys and arguments by name, and answers with what it declares", async () => {
    using own = scripts();
    const reply = await own.scripts.call(THREE_KEYS, THREE, { limit: 4, isLast: true });
    expect(reply).toEqual(["abc", 8, true]);
  });

  it("refuses a call with two keys in place of three, which does not compile either", async () => {
    using own = scripts();
    const { first, second } = THREE;
    // @ts-expect-error: the third key is missing
    const call = own.scripts.call(THREE_KEYS, { first, second }, { limit: 1, isLast: false });
    await expect(call).rejects.toThrow("Script three-keys needs the key third.");
  });

  it("refuses a call without an argument, and one with more than it takes", async () => {
    using own = scripts();
    // @ts-expect-error: an argument is missing
    const without = own.scripts.call(THREE_KEYS, THREE, { limit: 1 });
    await expect(without).rejects.toThrow("Script three-keys needs the argument isLast.");
    const args = { limit: 1, isLast: false };
    const more = own.scripts.call(THREE_KEYS, THREE, args, { args: ["one"] });
    await expect(more).rejects.toThrow("Script three-keys takes no more arguments.");
    const moreKeys = own.scripts.call(THREE_KEYS, THREE, args, { keys: ["one"] });
    await expect(moreKeys).rejects.toThrow("Script three-keys takes no more keys.");
  });

  it.each([
    [Number.NaN, "NaN is not a finite number"],
    [Number.POSITIVE_INFINITY, "Infinity is not a finite number"],
  ])("refuses %s as a number", async (limit, words) => {
    using own = scripts();
    const call = own.scripts.call(THREE_KEYS, THREE, { limit, isLast: false });
    await expect(call).rejects.toThrow(`Script three-keys refuses the argument limit: ${words}.`);
  });

  it("receives every well-formed text and every finite number as it was sent", async () => {
    const echo = defineScript(
      {
        name: "echo",
        keys: {},
        args: { word: text("any"), amount: numeral("any") },
        reply: tuple(textOf("the text"), textOf("the number")),
      },
      () => "return { word, amount }",
    );
    using own = scripts(echo);
    const words = fc.string({ unit: "binary", maxLength: 50 });
    const amounts = fc.double({ noNaN: true, noDefaultInfinity: true });
    const property = fc.asyncProperty(words, amounts, async (word, amount) => {
      const [sameWord, sameAmount] = await own.scripts.call(echo, {}, { word, amount });
      expect(sameWord).toBe(word);
      expect(Number(sameAmount)).toBe(amount + 0);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it("fails in words when it answers with something else", async () => {
    const declaration = { name: "wrong", keys: {}, args: {}, reply: oneOf("this", "that") };
    const wrong = defineScript(declaration, () => 'return "other"');
    using own = scripts(wrong);
    const call = own.scripts.call(wrong, {}, {});
    await expect(call).rejects.toThrow("Script wrong answered with string instead of this or that.");
  });

  const declared = { name: "one", keys: { key: "a key" }, args: { limit: number("how many") }, reply: integer("it") };
  it.each([
    ["does not use a key", "return limit", "Script one declares key and does not use it."],
    ["does not use an argument", 'return redis.call("GET", key)', "Script one declares limit and does not use it."],
    [
      "reaches for a key by number",
      "return KEYS[2] .. key .. limit",
      "Script one uses KEYS, and declares no more of them.",
    ],
    [
      "reaches for more arguments",
      "return { key, limit, unpack(ARGV) }",
      "Script one uses ARGV, and declares no more of them.",
    ],
  ])("is not loaded when it %s", (_what, body, words) => {
    expect(() => defineScript(declared, () => body)).toThrow(words);
  });

  it("is not loaded when it declares more arguments and takes none", () => {
    const more = { ...declared, moreArgs: "ids" };
    expect(() => defineScript(more, () => "return key .. limit")).toThrow("declares more ARGV, and does not use them");
  });
});

describe("what is sent to a script and comes back", () => {
  it("is exact: numbers are finite, texts well-formed, and missing ones are nothing", () => {
    expect(() => text("").encode("\ud800")).toThrow("half a surrogate pair");
    expect(() => numeral("").encode(Number.NaN)).toThrow("finite");
    expect(optionalNumber("").encode(null)).toBe("");
    expect(json("").encode("\ud800")).toBe('"\\ud800"');
    for (const value of [0, -1, 0.1, 1e21, 2 ** 53]) expect(Number(number("").encode(value))).toBe(value);
  });

  it("is read as it was declared, and else refused", () => {
    expect(listOf(orNull(textOf(""))).parse(["a", null, Buffer.from("b")])).toEqual(["a", null, "b"]);
    expect(() => tuple(integer(""), integer("")).parse([1])).toThrow("a list of 1 instead of a list of 2");
    expect(() => yesOrNo("").parse(2)).toThrow("number instead of 1 or 0");
    expect(() => listOf(integer("")).parse(null)).toThrow("nil instead of a list");
  });
});

const KNOWN = new Set(
  (
    "and break do else elseif end false for function if in local nil not or repeat return then true until while " +
    "redis cjson KEYS ARGV math string table ipairs pairs next select tonumber type unpack error"
  ).split(" "),
);

const NAMINGS = [/local (?:function )?([\w, ]+)/g, /function ?\w*\(([\w, ]*)\)/g, /for ([\w, ]+) (?:in|=) /g];

/** Names that stand for no local: a slip of the pen shows at run time only, when Redis comes to it. */
function globalsOf(script: string): string[] {
  const code = script
    .replace(/^--\[\[\n[\s\S]*?^\]\]$|--[^\n]*/gm, "")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
  const known = new Set(KNOWN);
  for (const naming of NAMINGS)
    for (const [, names = ""] of code.matchAll(naming)) for (const name of names.split(/[ ,]+/)) known.add(name);
  const withoutFields = code.replace(/([{,]\s*)\w+ = /g, "$1");
  const used = withoutFields.matchAll(/(?<![.\w:])[A-Za-z_]\w*/g);
  return [...new Set([...used].map(([name]) => name))].filter((name) => !known.has(name));
}

describe("the scripts of this library", () => {
  it.each([...definedScripts()])(
    "%s begins with what goes in and comes out, and has all its includes",
    (_name, script) => {
      expect(script).toMatch(/^--\[\[\n[\s\S]*?Input:[\s\S]*?Output:[\s\S]*?\]\]/);
      expect(script).not.toContain("@include");
    },
  );

  it.each([...definedScripts()])("%s uses no name that stands for nothing", (_name, script) => {
    expect(globalsOf(script)).toEqual([]);
  });
});
