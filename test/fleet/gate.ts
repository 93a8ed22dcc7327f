import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Holds a tool up until the test lets it go on. */
export class Gate {
  /** A file that is there once the gate is open. */
  readonly path: string;

  /** @param directory one that the tools of the run can see */
  constructor(directory: string) {
    this.path = join(directory, `gate-${randomUUID()}`);
  }

  /** A shell command that says `begun` and returns when the gate is open. */
  get command(): string {
    return `echo begun; until [ -e ${this.path} ]; do sleep 0.05; done; echo passed`;
  }

  async open(): Promise<void> {
    await writeFile(this.path, "");
  }
}
