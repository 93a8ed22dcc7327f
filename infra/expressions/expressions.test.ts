import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { growthOf, HARD_TEXTS } from "@pifleet/testkit/growth";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkExpressions } from "./check-expressions.ts";
import { type Expression, findExpressions } from "./find-expressions.ts";

/** With this much, quadratic time is seconds and linear time is nothing. */
const LENGTH = 30_000;

describe("the regular expressions of all programs", () => {
  const { expressions, dynamic } = findExpressions(process.cwd());

  it("are found", () => {
    expect(expressions.length).toBeGreaterThan(50);
    expect(dynamic).toEqual([]);
  });

  it("take twice as long for a text of twice the length, whatever it is made of", () => {
    for (const expression of expressions) {
      for (const hard of textsFor(expression)) {
        const textOf = (length: number) => hard.repeat(Math.ceil(length / hard.length)).slice(0, length);
        for (const end of ["", "\u0000", "!"]) {
          const growth = growthOf(matcher(expression), (length) => textOf(length) + end, LENGTH);
          expect(growth, `/${expression.source}/ on ${JSON.stringify(hard)}`).toMatchObject({ isLinear: true });
        }
      }
    }
  }, 120_000);
});

function matcher({ source, flags }: Expression): (text: string) => unknown {
  const pattern = new RegExp(source, flags.replace("y", ""));
  return (text) => (pattern.global ? text.replace(pattern, "") : pattern.exec(text));
}

/** The usual ones, and what the expression itself is made of: literal letters and the words between its signs. */
function textsFor({ source }: Expression): string[] {
  const words = source.match(/[A-Za-z0-9_<>&%:/. -]{1,24}/g) ?? [];
  return [
    ...new Set([...HARD_TEXTS, ...words, ...words.map((word) => `${word} `), ...words.map((word) => word[0] ?? "")]),
  ];
}

describe("the check of expressions", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "expressions-"));
    await symlink(resolve("node_modules"), join(root, "node_modules"));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  async function check(source: string, path = "libs/redis/src/a.ts"): Promise<string[]> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), source);
    return checkExpressions(root);
  }

  it("finds one that takes quadratic time, wherever it stands", async () => {
    for (const source of [
      'export const trimmed = (text: string) => text.replace(/\\s+$/, "");',
      'export const PATTERN = new RegExp("a*a*$", "i");',
      "export class A { #b = { c: [/(x+)+y/] }; }",
    ]) {
      expect(await check(source)).toEqual([
        expect.stringMatching(/^libs\/redis\/src\/a\.ts: \/.*(polynomial|exponential)/),
      ]);
    }
  });

  it("finds one that is put together at run time", async () => {
    const faults = await check(`export const make = (word: string) => [/fine/, new RegExp(word)];`);
    expect(faults).toEqual([expect.stringContaining("libs/redis/src/a.ts builds an expression at run time")]);
  });

  it("is content with those that take linear time, and with tests", async () => {
    expect(await check("export const A = /^a+$/;")).toEqual([]);
    expect(await check("export const B = /a+$/;", "libs/redis/src/b.test.ts")).toEqual([]);
  });

  it("is not content with finding nothing", async () => {
    expect(await check("export const A = 1;")).toEqual([expect.stringContaining("nothing was checked")]);
  });
});
