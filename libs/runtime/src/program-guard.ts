import { createHash } from "node:crypto";
import { type BigIntStats, createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import { pipeline } from "node:stream/promises";
import type { RunnerProgram } from "@pifleet/invocation";
import { isMissing } from "./system-error.ts";

/** A program of the runners that somebody has changed since this worker started. */
export class ProgramChanged extends Error {
  override readonly name = "ProgramChanged";
  /** The path of the file that was changed. */
  readonly file: string;

  constructor(file: string) {
    super(
      `${basename(file)} was changed while the worker runs, and is not run any more; if you have installed a new version, restart the worker`,
    );
    this.file = file;
  }
}

/** A file's state when it was read. */
interface Seal {
  /** Changes with every write, also one that sets the times back: only the kernel sets this time. */
  state: string | undefined;
  readonly digest: string | undefined;
}

/**
 * Knows the files that runners are started with as they were when the worker started. Tools run as the worker's user and
 * may be able to write them, and what they write would run with the next runner's keys. Node opens a file itself, so one is
 * looked at before the start and again when the runner has loaded it, before it gets a task.
 */
export class ProgramGuard {
  readonly #seals = new Map<string, Promise<Seal>>();

  /** Begins to read the files that these programs name. */
  constructor(programs: readonly RunnerProgram[]) {
    for (const path of programs.flatMap(filesOf)) {
      const seal = sealed(path);
      // Who looks at it is told.
      seal.catch(() => undefined);
      this.#seals.set(path, seal);
    }
  }

  /** @throws {ProgramChanged} when a file of the program is not what it was */
  async check(program: RunnerProgram): Promise<void> {
    for (const path of filesOf(program)) {
      const seal = await this.#seals.get(path);
      if (!seal || (await stateOf(path)) === seal.state) continue;
      // Somebody may have touched it only.
      const now = await sealed(path);
      if (now.digest !== seal.digest) throw new ProgramChanged(path);
      seal.state = now.state;
    }
  }
}

/** The files among the arguments of Node. */
function filesOf(program: RunnerProgram): string[] {
  return program.arguments.filter(isAbsolute);
}

async function sealed(path: string): Promise<Seal> {
  for (;;) {
    const state = await stateOf(path);
    const digest = state === undefined ? undefined : await digestOf(path);
    if (state === (await stateOf(path))) return { state, digest };
  }
}

async function stateOf(path: string): Promise<string | undefined> {
  try {
    return describe(await stat(path, { bigint: true }));
  } catch (error) {
    // A file that is made later is a change.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function describe({ dev, ino, size, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, ctimeNs].join(":");
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
