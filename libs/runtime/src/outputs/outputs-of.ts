import { type ArtifactLimits, OUTPUTS, type Output } from "@pifleet/invocation";
import { errorCode } from "../system-error.ts";
import { OpenDirectory } from "./open-directory.ts";
import { OutputsWalk } from "./outputs-walk.ts";

/**
 * What lies in the outputs of a workspace. The workspace itself may have been moved away or replaced: then there is
 * nothing, and that is said.
 */
export async function* outputsOf(workspace: string, limits: ArtifactLimits): AsyncGenerator<Output> {
  const root = await openWorkspace(workspace);
  if (!root) return yield { kind: "omitted", path: OUTPUTS, reason: "the workspace is not there any more" };
  try {
    yield* new OutputsWalk(limits).of(root, OUTPUTS);
  } finally {
    await root.close();
  }
}

async function openWorkspace(path: string): Promise<OpenDirectory | undefined> {
  try {
    return await OpenDirectory.open(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES"].includes(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}
