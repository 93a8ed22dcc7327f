import { DEFAULT_TOOLS, type InvocationId, RunnerCommand, type RunnerTask } from "@pifleet/invocation";
import { modelFetch } from "../http/model-fetch.ts";
import { ModelResponse } from "../http/model-response.ts";
import { useModelFetch } from "../http/use-model-fetch.ts";
import { PiHarness } from "../pi/pi-harness.ts";
import { type RehearsedApi, SCRIPTED_ANSWERS } from "./scripted-answers.ts";
import { STREAM, Stage } from "./stage.ts";

/** None that is drawn: a snapshot would hold the random numbers that Node draws with it, ahead. */
const NOBODYS_ID = "inv_00000000000000000000000000" as InvocationId;

/** How the model requests of a rehearsal are sent. */
type Fetch = typeof modelFetch;

/** Rehearses without any input or output, which a process that makes a snapshot must not have. */
export async function rehearseInMemory(api: RehearsedApi): Promise<void> {
  const answers = [...SCRIPTED_ANSWERS[api]];
  await rehearse(api, async (url) => new ModelResponse(answers.shift(), { headers: STREAM, url: String(url) }));
}

/**
 * Rehearses over a socket of this process's own, so that also what sends requests is loaded and has been used.
 * @param directory where the socket is made for that time; nobody else may be able to reach into it
 */
export async function rehearseOverSocket(api: RehearsedApi, directory: string): Promise<void> {
  const stage = await Stage.open(directory, SCRIPTED_ANSWERS[api]);
  try {
    await rehearse(api, (url, options) => modelFetch(url, { ...options, socketPath: stage.socketPath }));
  } finally {
    stage.close();
  }
}

/**
 * Runs the agent once from its prompt to its end, with a tool call, against a provider that is not there: what is
 * loaded and compiled on the way need not be when a task comes. Nothing leaves the process.
 * @throws when the run fails: then a task would, too
 */
async function rehearse(api: RehearsedApi, fetch: Fetch): Promise<void> {
  const harness = new PiHarness();
  useModelFetch(fetch);
  try {
    let reads = 0;
    const { failure } = await harness.run(received(task(api)), (record) => {
      if (record.type === "tool.ended" && !record.isError) reads += 1;
    });
    if (failure) throw new Error(`The rehearsal of ${api} failed: ${failure.message}`);
    if (reads !== 1) throw new Error(`The rehearsal of ${api} read ${reads} files`);
  } finally {
    useModelFetch();
  }
}

/** The task as it comes from a worker: what checks it is made at its first use. */
function received(task: RunnerTask): RunnerTask {
  const command = RunnerCommand.parse({ type: "task", task });
  return command.type === "task" ? command.task : task;
}

function task(api: RehearsedApi): RunnerTask {
  return {
    invocationId: NOBODYS_ID,
    attempt: 1,
    workspace: "/",
    environment: {},
    provider: "rehearsal",
    model: "rehearsal",
    apiKey: "none",
    providerConfig: { api, baseUrl: "http://127.0.0.1:1", models: [{ id: "rehearsal" }] },
    providerPatience: { totalMs: 0, unpaidMs: 0 },
    conversation: [{ role: "user", content: "Rehearse." }],
    tools: [...DEFAULT_TOOLS],
  };
}
