import { newInvocationId, type RunnerTask } from "@pifleet/invocation";
import type { ModelServer } from "@pifleet/testkit/model-server";
import { modelAccess } from "../../model-access.ts";

/** A task for Pi whose model is the fake one of the server, reached by the API of `changes.provider`. */
export function piTask(server: ModelServer, workspace: string, changes: Partial<RunnerTask> = {}): RunnerTask {
  const provider = changes.model ? "fake" : (changes.provider ?? "fake");
  const access = modelAccess({ model: `${provider}/test`, environment: {}, modelsFile: server.modelsFile() });
  if (access.kind === "failure") throw new Error(access.failure.message);
  const { kind: _kind, ...reach } = access;
  return {
    invocationId: newInvocationId(),
    attempt: 1,
    workspace,
    environment: { PATH: process.env.PATH ?? "", HOME: workspace, TMPDIR: workspace },
    conversation: [{ role: "user", content: "Begin." }],
    providerPatience: { totalMs: 500, unpaidMs: 500 },
    tools: ["read", "bash", "edit", "write"],
    ...reach,
    ...changes,
  };
}
