import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { removeTree } from "./remove-tree.ts";
import { newRoots } from "./testing/roots.ts";

const newRoot = newRoots();

it("removes what lies deeper than any path can name, behind what is read-only, and follows no link", async () => {
  const root = newRoot();
  const outside = join(root, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "kept"), "");
  const doomed = join(root, "doomed");
  mkdirSync(doomed);
  // 120 levels with names of 100 letters are three times PATH_MAX.
  const nest = `for (1..120) { mkdir "d" x 100; open my $file, ">", "file"; symlink "${outside}", "link"; chdir "d" x 100 }
    chdir ".." and chmod 0500, "d" x 100 for 1..3;`;
  execFileSync("perl", ["-e", nest], { cwd: doomed });
  await removeTree(doomed);
  expect(existsSync(doomed)).toBe(false);
  expect(existsSync(join(outside, "kept"))).toBe(true);
  await removeTree(doomed);
});
