import { RunRegister } from "./ownership/run-register.ts";
import { ownIdentity, type WorkerIdentity } from "./ownership/worker-identity.ts";
import { openWorkspacesDirectory } from "./workspaces-directory.ts";

/** The directory of the workspaces, made ready for the runs of this worker. */
export class Site {
  /** Absolute, without symbolic links. */
  readonly root: string;
  readonly register: RunRegister;
  /** Absent where processes cannot be told apart: nothing is recorded and nothing is swept there. */
  readonly owner: WorkerIdentity | undefined;
  /** Files begun for runs that have no runner yet; a process that ends at once removes them. */
  readonly begun = new Set<{ removeNow(): void }>();

  private constructor(root: string, owner: WorkerIdentity | undefined) {
    this.root = root;
    this.register = new RunRegister(root);
    this.owner = owner;
  }

  static async prepare(workspaces: string): Promise<Site> {
    return new Site(await openWorkspacesDirectory(workspaces), ownIdentity());
  }
}
