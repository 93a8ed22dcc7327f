import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { DRAFT } from "./draft.ts";
import type { Layout } from "./layout.ts";
import { unlessMissing } from "./system-error.ts";

/**
 * Removes what a process has left that died while it put or dropped something: drafts that were not written to, and
 * contents that nobody has, since a time (Unix milliseconds).
 */
export async function sweep(layout: Layout, beforeMs: number): Promise<void> {
  for (const name of await namesIn(layout.incoming)) {
    const path = join(layout.incoming, name);
    const entry = await unlessMissing(stat(path), undefined);
    if (name.endsWith(DRAFT) && entry && entry.mtimeMs < beforeMs) await remove(path);
  }
  for (const first of await namesIn(layout.contents)) await sweepContents(join(layout.contents, first), beforeMs);
}

/** A content with one name is nobody's. The time of its last change is that of its last name that came or went. */
async function sweepContents(directory: string, beforeMs: number): Promise<void> {
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    const entry = await unlessMissing(stat(path), undefined);
    if (entry?.nlink === 1 && entry.ctimeMs < beforeMs) await remove(path);
  }
}

function namesIn(directory: string): Promise<string[]> {
  return unlessMissing(readdir(directory), []);
}

function remove(path: string): Promise<void> {
  return unlessMissing(unlink(path), undefined);
}
