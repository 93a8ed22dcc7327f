import { type AgentSession, createAgentSession, SessionManager } from "@earendil-works/pi-coding-agent";
import type { Harness, HarnessFailure, HarnessRecord, HarnessResult, RunnerTask } from "@pifleet/invocation";
import { bashTool } from "./bash-tool.ts";
import { promptOf, seed } from "./conversation.ts";
import { EventRelay } from "./event-relay.ts";
import { liftHttpTimeouts } from "./http-timeouts.ts";
import { type ReachableModel, reachModel } from "./model.ts";
import { ModelRequests } from "./model-requests.ts";
import { inMemoryResources } from "./resources.ts";
import { Answers, resultOf } from "./result.ts";
import { runnerSettings } from "./settings.ts";
import { ToolExits } from "./tool-exits.ts";
import { UsageMeter } from "./usage.ts";

type Emit = (record: HarnessRecord) => void;

/** Pi as the agent engine, embedded through its SDK. Nothing is read from or written to disk but by the tools. */
export class PiHarness implements Harness {
  #session: AgentSession | undefined;
  #aborted = false;

  async run(task: RunnerTask, emit: Emit): Promise<HarnessResult> {
    const usage = new UsageMeter();
    const reached = await reachModel(task);
    if (reached.kind === "failure") return refused(reached.failure, usage);
    const exits = new ToolExits();
    const answers = new Answers();
    const requests = new ModelRequests(emit, usage, task.providerEnvironment);
    const session = await openSession(task, reached, exits, emit);
    session.agent.streamFunction = requests.observe(session.agent.streamFunction);
    session.subscribe(new EventRelay(emit, usage, answers, exits).onEvent);
    this.#session = session;
    try {
      if (this.#aborted) return refused({ code: "cancelled", message: "The run was aborted" }, usage);
      await prompt(session, task);
      return resultOf(session.sessionManager, answers, requests.last, usage.total);
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

async function openSession(task: RunnerTask, reached: ReachableModel, exits: ToolExits, emit: Emit) {
  liftHttpTimeouts();
  const sessionManager = SessionManager.inMemory(task.workspace);
  seed(sessionManager, task.conversation, reached.model);
  const { session } = await createAgentSession({
    cwd: task.workspace,
    agentDir: task.workspace,
    model: reached.model,
    modelRuntime: reached.modelRuntime,
    tools: [...task.tools],
    customTools: [bashTool(task, exits, emit)],
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
