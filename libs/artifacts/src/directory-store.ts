import { createHash } from "node:crypto";
import { link, mkdir, open, opendir, readdir, rename, rm, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Artifact, ArtifactHolder, ArtifactStore, ByteRange, KnownHolder } from "@pifleet/invocation";
import { type Draft, writeDraft } from "./draft.ts";
import { holderOf } from "./holder-name.ts";
import { Layout } from "./layout.ts";
import { sweep } from "./sweep.ts";
import { errorCode, unlessMissing } from "./system-error.ts";

/** A content may be removed, as nobody has it, while it is put again; then it is made anew. */
const TRIES = 10;
/** A file system without hard links, or one on which a file has as many names as it can have. */
const NO_LINK = ["EMLINK", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV"];

/**
 * Keeps artifacts in a directory, which is made with the first of them; nobody but the owner can look into it. Several
 * processes may use it at once, also over a network file system that has hard links. Without them nothing is shared.
 */
export function createDirectoryStore(directory: string): ArtifactStore {
  return new DirectoryStore(directory);
}

class DirectoryStore implements ArtifactStore {
  readonly #layout: Layout;

  constructor(directory: string) {
    this.#layout = new Layout(directory);
  }

  async put(holder: ArtifactHolder, content: AsyncIterable<Uint8Array>): Promise<Pick<Artifact, "bytes" | "sha256">> {
    const draft = await writeDraft(this.#layout.incoming, content);
    try {
      await mkdir(this.#layout.holder(holder), { recursive: true, mode: 0o700 });
      await this.#hold(holder, draft);
    } finally {
      await rm(draft.path, { force: true });
    }
    return { bytes: draft.bytes, sha256: draft.sha256 };
  }

  has(holder: ArtifactHolder, sha256: string): Promise<boolean> {
    return unlessMissing(
      stat(this.#layout.held(holder, sha256)).then((entry) => entry.isFile()),
      false,
    );
  }

  async *read(holder: ArtifactHolder, sha256: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    if (range && range.to <= range.from) return;
    const file = await open(this.#layout.held(holder, sha256));
    try {
      const part = range && { start: range.from, end: range.to - 1 };
      for await (const chunk of file.createReadStream({ ...part, autoClose: false })) yield chunk as Buffer;
    } finally {
      await file.close();
    }
  }

  async drop(holder: ArtifactHolder): Promise<void> {
    const directory = this.#layout.holder(holder);
    for (const sha256 of await unlessMissing(readdir(directory), [])) {
      await unlessMissing(unlink(join(directory, sha256)), undefined);
      await this.#collect(sha256);
    }
    await removeIfEmpty(directory);
  }

  async *holders(): AsyncGenerator<KnownHolder> {
    const directory = await unlessMissing(opendir(this.#layout.holders), undefined);
    for await (const { name } of directory ?? []) {
      const holder = holderOf(name);
      const entry = holder && (await unlessMissing(stat(join(this.#layout.holders, name)), undefined));
      if (holder && entry) yield { ...holder, sinceMs: entry.mtimeMs };
    }
  }

  sweep(beforeMs: number): Promise<void> {
    return sweep(this.#layout, beforeMs);
  }

  /** Gives the holder a name of its own for the content. */
  async #hold(holder: ArtifactHolder, draft: Draft): Promise<void> {
    const held = this.#layout.held(holder, draft.sha256);
    try {
      await this.#share(held, draft);
    } catch (error) {
      if (!NO_LINK.includes(errorCode(error) ?? "")) throw error;
      await rename(draft.path, held);
    }
  }

  async #share(held: string, { path, sha256 }: Draft): Promise<void> {
    const content = this.#layout.content(sha256);
    await mkdir(dirname(content), { recursive: true, mode: 0o700 });
    for (let tries = 1; ; tries += 1) {
      if (!(await unlessThere(link(path, content)))) await this.#replaceDamaged(path, content, sha256);
      try {
        await unlessThere(link(content, held));
        return;
      } catch (error) {
        if (errorCode(error) !== "ENOENT" || tries === TRIES) throw error;
      }
    }
  }

  /** A content that was there may have been written to since: what is put now must not share that. */
  async #replaceDamaged(path: string, content: string, sha256: string): Promise<void> {
    const found = await unlessMissing(hashOf(content), sha256);
    if (found === sha256) return;
    await unlessMissing(unlink(content), undefined);
    await unlessThere(link(path, content));
  }

  /**
   * Removes a content that nobody has. Should somebody come to have it between the look and the removal, then under the
   * holder's own name, which stays; only the next one to put the same makes a second copy.
   */
  async #collect(sha256: string): Promise<void> {
    const path = this.#layout.content(sha256);
    const entry = await unlessMissing(stat(path), undefined);
    if (entry?.nlink === 1) await unlessMissing(unlink(path), undefined);
  }
}

/** Somebody may just be putting something into it. */
async function removeIfEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(errorCode(error) ?? "")) throw error;
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path);
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

/** Whether there was nothing before. */
async function unlessThere(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    return false;
  }
}
