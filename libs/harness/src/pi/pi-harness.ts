import {
  type AgentSession,
  createAgentSession,
  SessionManager,
  type ToolDefinition,
} from "@earendil-works/pi-coding-agent";
import type { Harness, HarnessFailure, HarnessRecord, HarnessResult, RunnerTask } from "@pifleet/invocation";
import { useNetwork } from "../http/model-fetch.ts";
import { Network } from "../http/network.ts";
import { useModelFetch } from "../http/use-model-fetch.ts";
import { bashTool } from "./bash-tool.ts";
import { promptOf, seed } from "./conversation.ts";
import { EventRelay } from "./event-relay.ts";
import { type ReachableModel, reachModel } from "./model.ts";
import { ModelRequests } from "./model-requests.ts";
import { Patience } from "./patience.ts";
import { inMemoryResources } from "./resources.ts";
import { Answers, resultOf } from "./result.ts";
import { runnerSettings } from "./settings.ts";
import { ToolExits } from "./tool-exits.ts";
import { UsageMeter } from "./usage.ts";

/** The wait before a request that failed is made again, milliseconds. */
const RETRY_DELAY_MS = 500;
const ABORTED: HarnessFailure = { code: "cancelled", message: "The run was aborted" };

type Emit = (record: HarnessRecord) => void;

/** Pi as the agent engine, embedded through its SDK. Nothing is read from or written to disk but by the tools. */
export class PiHarness implements Harness {
  readonly #retryDelayMs: number;
  #session: AgentSession | undefined;
  #aborted = false;

  /** @param retryDelayMs the wait before a provider that has failed is asked again; doubled each time */
  constructor(retryDelayMs: number = RETRY_DELAY_MS) {
    this.#retryDelayMs = retryDelayMs;
    useModelFetch();
  }

  async run(task: RunnerTask, emit: Emit): Promise<HarnessResult> {
    useNetwork(task.network && new Network(task.network));
    const usage = new UsageMeter();
    const reached = await reachModel(task);
    if (reached.kind === "failure") return refused(reached.failure, usage);
    const exits = new ToolExits();
    const answers = new Answers();
    const patience = new Patience({ patience: task.providerPatience, firstDelayMs: this.#retryDelayMs });
    const requests = new ModelRequests(emit, usage, task, patience);
    const session = await openSession(task, reached, [bashTool(task, exits, emit)]);
    session.agent.streamFunction = requests.observe(session.agent.streamFunction);
    session.subscribe(new EventRelay(emit, usage, answers, exits).onEvent);
    this.#session = session;
    try {
      if (!this.#aborted) await prompt(session, task);
      const result = resultOf(session.sessionManager, answers, requests, usage.total);
      // Pi reports an abort as an error or not at all, depending on what it met.
      return this.#aborted ? { ...result, failure: ABORTED } : result;
    } finally {
      this.#session = undefined;
      session.dispose();
    }
  }

  async steer(text: string): Promise<void> {
    await this.#session?.steer(text);
  }

  abort(): void {
    this.#aborted = true;
    void this.#session?.abort();
  }
}

async function openSession(task: RunnerTask, reached: ReachableModel, tools: ToolDefinition[]) {
  const sessionManager = SessionManager.inMemory(task.workspace);
  seed(sessionManager, task.conversation, reached.model);
  const { session } = await createAgentSession({
    cwd: task.workspace,
    agentDir: task.workspace,
    model: reached.model,
    modelRuntime: reached.modelRuntime,
    tools: [...task.tools],
    customTools: tools,
    resourceLoader: inMemoryResources(task.instructions, task.workspace),
    sessionManager,
    settingsManager: runnerSettings(),
  });
  return session;
}

/** Resolves when the agent has settled, however its run went. */
async function prompt(session: AgentSession, task: RunnerTask): Promise<void> {
  const { text, images } = promptOf(task.conversation);
  await session.prompt(text, { images, expandPromptTemplates: false });
}

function refused(failure: HarnessFailure, usage: UsageMeter): HarnessResult {
  return { output: "", messages: [], usage: usage.total, failure };
}
