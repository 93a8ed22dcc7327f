import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";

/** The variable by whose value every process of a run can be found, wherever it has gone. */
export const MARKER = "PIFLEET_RUN";

export type Environment = Readonly<Record<string, string>>;

/** Variables that a runner and its tools share. */
export interface RunEnvironment {
  readonly path: string;
  /** The private directory for temporary files. */
  readonly temporary: string;
  readonly marker: string;
}

/**
 * Makes glibc take memory in huge pages where the kernel offers them: a snapshot is read into some 20 MB at once, which
 * are 5,000 page faults otherwise. Other libraries do not know the variable.
 */
const HUGE_PAGES = "glibc.malloc.hugetlb=1";

/**
 * Git's configuration of the lowest rank: an identity, so that a commit works, which the machine, the repository and the
 * agent may replace.
 */
export const GIT_CONFIG = `[user]
\tname = Pi Fleet
\temail = agent@pifleet.invalid
[include]
\tpath = /etc/gitconfig
`;

/** The path of the file with `GIT_CONFIG` in the private directory of a run. */
export function gitConfigPath(temporary: string): string {
  return join(temporary, "gitconfig");
}

/** A new value for `MARKER`. */
export function newMarker(): string {
  return randomBytes(16).toString("hex");
}

/**
 * The tools' environment, complete. Nothing is inherited from the worker but PATH, so no secret of the worker can be
 * in it; the marker is no secret. Git looks for a repository in the workspace alone: a checkout that happens to hold the
 * directory of the workspaces is not the agent's.
 */
export function toolEnvironment(run: RunEnvironment, workspace: string): Environment {
  const git = { GIT_CEILING_DIRECTORIES: dirname(workspace), GIT_CONFIG_SYSTEM: gitConfigPath(run.temporary) };
  return { ...common(run), HOME: workspace, ...git };
}

/**
 * The runner's own environment, which the tools can see by way of /proc: it holds no secret either. Its HOME is not the
 * workspace, so that nothing a tool leaves there is taken for the runner's configuration. It names no compile cache: Node
 * runs what it finds in one, and a tool of the same user could write it.
 */
export function runnerEnvironment(run: RunEnvironment): Environment {
  return { ...common(run), HOME: run.temporary, GLIBC_TUNABLES: HUGE_PAGES };
}

function common({ path, temporary, marker }: RunEnvironment): Environment {
  return { PATH: path, LANG: "C.UTF-8", TERM: "dumb", TMPDIR: temporary, [MARKER]: marker };
}
