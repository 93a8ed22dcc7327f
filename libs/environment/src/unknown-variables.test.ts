import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { unknownVariables, VARIABLES } from "./unknown-variables.ts";

const PREFIX_ALONE = "PIFLEET_";

it("names a misspelt variable and the one that was meant", () => {
  expect(unknownVariables({ PIFLEET_CONCURENCY: "3", PIFLEET_WARM: "1", PATH: "/bin" })).toEqual([
    { variable: "PIFLEET_CONCURENCY", meant: "PIFLEET_CONCURRENCY" },
  ]);
  expect(unknownVariables({ PIFLEET_BOOTSTRAP_KEY_FIEL: "x" })).toEqual([
    { variable: "PIFLEET_BOOTSTRAP_KEY_FIEL", meant: "PIFLEET_BOOTSTRAP_KEY_FILE" },
  ]);
});

it("guesses nothing where nothing is near, whatever the name", () => {
  const long = `PIFLEET_${"X".repeat(100_000)}`;
  expect(unknownVariables({ PIFLEET_ELEPHANT: "1", [long]: "1" })).toEqual([
    { variable: "PIFLEET_ELEPHANT", meant: undefined },
    { variable: long, meant: undefined },
  ]);
});

it("says nothing of a secret in a file", () => {
  expect(unknownVariables({ PIFLEET_BOOTSTRAP_KEY_FILE: "/run/key", PIFLEET_API_KEY_FILE: "/run/key" })).toEqual([]);
});

it("knows every variable that the programs, the README and the compose file name", () => {
  const files = execFileSync("git", ["ls-files", "README.md", "docker-compose.yml", "apps", "libs", "infra"], {
    encoding: "utf8",
  });
  const sources = files
    .split("\n")
    .filter((file) => /\.(?:md|yml|ts|mjs)$/.test(file) && !/\.test\.|\/testing\//.test(file));
  const named = new Set(sources.flatMap((file) => readFileSync(file, "utf8").match(/\bPIFLEET_[A-Z_]*[A-Z]\b/g) ?? []));
  named.delete(PREFIX_ALONE);
  const known = new Set(VARIABLES.flatMap((name) => [name, `${name}_FILE`]));
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
});
