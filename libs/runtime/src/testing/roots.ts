import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Makes new directories for workspaces; they are removed after the tests of the file. */
export function newRoots(): () => string {
  const roots: string[] = [];
  afterAll(() => {
    for (const root of roots) rmSync(root, { recursive: true, force: true });
  });
  return () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), "pifleet-runtime-")));
    roots.push(root);
    return root;
  };
}
