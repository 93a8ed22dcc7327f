import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { modifiedAt } from "../modified-at.ts";
import { unlessMissing } from "../system-error.ts";
import { parseRunRecord, type RunRecord } from "./run-record.ts";

const SUFFIX = ".json";
const DRAFT_SUFFIX = ".draft";

/** An entry of the register. What cannot be read has no record. */
export interface RegisteredRun {
  readonly run: string;
  readonly record: RunRecord | undefined;
}

/**
 * The records of all runs whose workspaces are in one directory, of all workers: a file each, in `.runs`. A record is
 * there before anything else of its run, and goes last. It is written whole or not at all, and not flushed to disk: it
 * need not outlive the machine, after which there are no processes to find.
 */
export class RunRegister {
  readonly #directory: string;

  /** @param workspaces the directory of the workspaces */
  constructor(workspaces: string) {
    this.#directory = join(workspaces, ".runs");
  }

  /**
   * Writes a record, or replaces it, before it returns: of two calls to the kernel in a row, a worker that ends leaves
   * no draft, and one that is killed hardly ever.
   */
  write(run: string, record: RunRecord): void {
    const draft = join(this.#directory, `${run}.${randomBytes(6).toString("hex")}${DRAFT_SUFFIX}`);
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(draft, JSON.stringify(record), { mode: 0o600, flag: "wx" });
      renameSync(draft, this.#path(run));
    } catch (error) {
      // A full disk leaves an empty file behind.
      rmSync(draft, { force: true });
      throw error;
    }
  }

  /** Removes a record; returns whether there was one. */
  async remove(run: string): Promise<boolean> {
    return unlessMissing(
      unlink(this.#path(run)).then(() => true),
      false,
    );
  }

  /** Removes a record before it returns. */
  removeNow(run: string): void {
    rmSync(this.#path(run), { force: true });
  }

  async list(): Promise<RegisteredRun[]> {
    const names = await unlessMissing(readdir(this.#directory), []);
    const runs = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
    return Promise.all(runs.map(async (run) => ({ run, record: await this.#read(run) })));
  }

  /** When the record was written, Unix milliseconds; `undefined` when there is none. */
  writtenAt(run: string): Promise<number | undefined> {
    return modifiedAt(this.#path(run));
  }

  /** Removes what was begun and not finished before a time, Unix milliseconds. */
  async removeDrafts(before: number): Promise<void> {
    for (const name of await unlessMissing(readdir(this.#directory), [])) {
      const path = join(this.#directory, name);
      if (!name.endsWith(DRAFT_SUFFIX)) continue;
      if (((await modifiedAt(path)) ?? before) < before) await unlessMissing(unlink(path), undefined);
    }
  }

  async #read(run: string): Promise<RunRecord | undefined> {
    return parseRunRecord(await unlessMissing(readFile(this.#path(run), "utf8"), ""));
  }

  #path(run: string): string {
    return join(this.#directory, `${run}${SUFFIX}`);
  }
}
