import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CompileCache } from "./compile-cache.ts";
import type { WorkerIdentity } from "./ownership/worker-identity.ts";
import { removeTree } from "./remove-tree.ts";

test("a compile cache whose owner cannot be written, as on a full disk, leaves nothing behind", async () => {
  const root = await mkdtemp(join(tmpdir(), "cache-"));
  onTestFinished(() => removeTree(root));
  const unwritable = {
    toJSON: () => {
      throw new Error("no space left on device");
    },
  } as unknown as WorkerIdentity;
  await expect(CompileCache.create(root, unwritable)).rejects.toThrow("no space left");
  expect(await readdir(join(root, ".compile-cache"))).toEqual([]);
});
