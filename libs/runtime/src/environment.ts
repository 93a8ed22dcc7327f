import { randomBytes } from "node:crypto";
import type { Workspace } from "./workspace.ts";

/** The variable by whose value every process of a run can be found, wherever it has gone. */
export const MARKER = "PIFLEET_RUN";

export type Environment = Readonly<Record<string, string>>;

/** A new value for `MARKER`. */
export function newMarker(): string {
  return randomBytes(16).toString("hex");
}

/**
 * The tools' environment, complete. Nothing is inherited from the worker but PATH, so no secret of the worker can be
 * in it; the marker is no secret.
 */
export function toolEnvironment(workspace: Workspace, path: string, marker: string): Environment {
  return { ...common(workspace, path, marker), HOME: workspace.path };
}

/**
 * The runner's own environment, which the tools can see by way of /proc: it holds no secret either. Its HOME is not the
 * workspace, so that nothing a tool leaves there is taken for the runner's configuration.
 */
export function runnerEnvironment(
  workspace: Workspace,
  path: string,
  marker: string,
  compileCache: string,
): Environment {
  return { ...common(workspace, path, marker), HOME: workspace.temporary, NODE_COMPILE_CACHE: compileCache };
}

function common(workspace: Workspace, path: string, marker: string): Environment {
  return { PATH: path, LANG: "C.UTF-8", TERM: "dumb", TMPDIR: workspace.temporary, [MARKER]: marker };
}
