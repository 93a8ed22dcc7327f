import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a test that cleans up after itself", () => {
  const directory = mkdtempSync(join(tmpdir(), "tidy-"));
  expect(execFileSync("pwd", { cwd: directory, encoding: "utf8" })).toContain("tidy-");
  rmSync(directory, { recursive: true });
});
