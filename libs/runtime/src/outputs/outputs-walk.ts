import type { FileHandle } from "node:fs/promises";
import { type ArtifactLimits, FilePath, type Output } from "@pifleet/invocation";
import { errorCode, withoutPaths } from "../system-error.ts";
import type { Entry, OpenDirectory } from "./open-directory.ts";
import { wholeFile } from "./whole-file.ts";

/** So many entries are looked at for each file that may be kept, and a few at least; a run may leave millions. */
const ENTRIES_PER_FILE = 10;
const LEAST_ENTRIES = 1_000;
/** Each level is held open while what is below it is walked. */
const MAX_DEPTH = 32;

/** A directory of the tree, and where it is. */
interface Place {
  readonly directory: OpenDirectory;
  /** Below the outputs, with a slash at its end; empty for the outputs themselves. */
  readonly prefix: string;
  readonly depth: number;
}

/** One walk over a tree that may be hostile: the files to keep, in order, within limits. */
export class OutputsWalk {
  readonly #limits: ArtifactLimits;
  #filesLeft: number;
  #bytesLeft: number;
  #entriesLeft: number;

  constructor(limits: ArtifactLimits) {
    this.#limits = limits;
    this.#filesLeft = limits.files;
    this.#bytesLeft = limits.totalBytes;
    this.#entriesLeft = Math.max(LEAST_ENTRIES, ENTRIES_PER_FILE * limits.files);
  }

  /** What is in the directory `name` of `parent`; nothing when there is none. */
  async *of(parent: OpenDirectory, name: string): AsyncGenerator<Output> {
    try {
      const directory = await parent.directory(Buffer.from(name));
      yield* this.#within({ directory, prefix: "", depth: 1 });
    } catch (error) {
      if (errorCode(error) !== "ENOENT") yield omitted(name, refusal(error));
    }
  }

  async *#within({ directory, prefix, depth }: Place): AsyncGenerator<Output> {
    try {
      const entries = await directory.entries(this.#entriesLeft + 1);
      for (const entry of entries) {
        this.#entriesLeft -= 1;
        if (this.#entriesLeft === -1) yield omitted(prefix, "there is more than is looked through");
        if (this.#entriesLeft < 0) return;
        yield* this.#visit({ directory, prefix, depth }, entry);
      }
    } finally {
      await directory.close();
    }
  }

  async *#visit({ directory, prefix, depth }: Place, { name, kind }: Entry): AsyncGenerator<Output> {
    const path = prefix + nameOf(name);
    const fault = nameFault(name) ?? pathFault(path);
    if (fault !== undefined) return yield omitted(path, fault);
    if (kind === "file") return yield* this.#visitFile(directory, name, path);
    if (kind !== "directory") return yield omitted(path, `it is a ${kind}`);
    if (depth === MAX_DEPTH) return yield omitted(path, `it is more than ${MAX_DEPTH} directories deep`);
    try {
      yield* this.#within({ directory: await directory.directory(name), prefix: `${path}/`, depth: depth + 1 });
    } catch (error) {
      yield omitted(path, refusal(error));
    }
  }

  async *#visitFile(directory: OpenDirectory, name: Buffer, path: string): AsyncGenerator<Output> {
    let file: FileHandle | undefined;
    try {
      file = await directory.file(name);
      const entry = await file.stat();
      const fault = entry.isFile() ? this.#overLimit(entry.size) : "it is no regular file";
      if (fault !== undefined) return yield omitted(path, fault);
      this.#filesLeft -= 1;
      this.#bytesLeft -= entry.size;
      yield { kind: "file", path, bytes: entry.size, content: wholeFile(file, entry.size) };
    } catch (error) {
      yield omitted(path, refusal(error));
    } finally {
      await file?.close();
    }
  }

  #overLimit(bytes: number): string | undefined {
    const { files, fileBytes, totalBytes } = this.#limits;
    if (this.#filesLeft === 0) return `more than ${files} files are not kept`;
    if (bytes > fileBytes) return `it is larger than ${fileBytes} bytes`;
    if (bytes > this.#bytesLeft) return `more than ${totalBytes} bytes together are not kept`;
    return undefined;
  }
}

function omitted(path: string, reason: string): Output {
  return { kind: "omitted", path, reason };
}

/** The name as text, also when it is none. */
function nameOf(name: Buffer): string {
  return name.toString("utf8");
}

function nameFault(name: Buffer): string | undefined {
  return Buffer.from(nameOf(name)).equals(name) ? undefined : "its name is not UTF-8";
}

function pathFault(path: string): string | undefined {
  const { error } = FilePath.safeParse(path);
  return error && `its path ${error.issues[0]?.message}`;
}

function refusal(error: unknown): string {
  const code = errorCode(error);
  if (code === "ELOOP" || code === "ENOTDIR") return "it is no directory or file of the workspace";
  if (code === undefined) throw error;
  return withoutPaths(error);
}
