import type { SubmissionInput } from "@pifleet/invocation";
import { empty, hang, status, text, together, toolCall } from "@pifleet/testkit/model-server";
import { CANARIES, SECRETS } from "./canary.ts";
import type { Script } from "./cast.ts";
import { outline } from "./outline.ts";
import type { TracedStage } from "./traced-stage.ts";

/** Something that can become of a run, and what its trace tells of it. */
export interface Scenario {
  readonly title: string;
  readonly script: Script;
  readonly submission?: Partial<SubmissionInput>;
  /** What is done to the invocation while it is under way. */
  readonly act?: (stage: TracedStage, id: string) => Promise<void>;
  readonly status: string;
  /** The error of the invocation; null when it succeeds. */
  readonly error: string | null;
  /** How its attempts end. */
  readonly endings: readonly string[];
  /** The whole tree below the caller's span. */
  readonly outline: string;
}

const FILES = [{ path: "secrets.txt", content: SECRETS }];
/** A tool's call that shows the secrets to the agent. */
const reveal = (more = "true") => toolCall("bash", { command: `cat secrets.txt; ${more}` });
const stay = () => reveal("sleep 300");

/** The n-th request is answered with the n-th of these. */
function lines(...replies: ReturnType<Script>[]): Script {
  return (request) => replies[request - 1] ?? text("Said too much.");
}

async function cancel(stage: TracedStage, id: string): Promise<void> {
  await stage.working(id);
  await stage.invocations.cancel(id);
}

async function pauseAndCancel(stage: TracedStage, id: string): Promise<void> {
  await stage.working(id);
  await stage.invocations.pause(id);
  await stage.told(id, "pause");
  await stage.invocations.cancel(id);
}

/** A run that goes well, with two tools at the same time. */
export const SUCCESS: Scenario = {
  title: "that succeeds",
  script: lines(together(reveal(), toolCall("read", { path: "secrets.txt" })), text("Done.")),
  status: "succeeded",
  error: null,
  endings: ["succeeded"],
  outline: outline(`
    POST /v1/invocations
      send invocations
        process invocations
          invoke_agent fake/test
            turn 1
              chat test
              execute_tool bash
              execute_tool read
            turn 2
              chat test
  `),
};

/** What can become of a run while its worker does well. */
export const SCENARIOS: readonly Scenario[] = [
  SUCCESS,
  {
    title: "whose tool fails and whose model says nothing then",
    script: lines(reveal("exit 3"), empty()),
    status: "failed",
    error: "no_output",
    endings: ["no_output"],
    outline: outline(`
      POST /v1/invocations
        send invocations
          process invocations !no_output
            invoke_agent fake/test !no_output
              turn 1
                chat test
                execute_tool bash !tool_error
              turn 2
                chat test
    `),
  },
  {
    title: "whose provider refuses its key",
    script: lines(
      reveal(),
      status(401, { error: { message: `Incorrect API key provided: ${CANARIES.provider}. ${SECRETS}` } }),
    ),
    status: "failed",
    error: "provider_auth",
    endings: ["provider_auth"],
    outline: outline(`
      POST /v1/invocations
        send invocations
          process invocations !provider_auth
            invoke_agent fake/test !provider_auth
              turn 1
                chat test
                execute_tool bash
              turn 2
                chat test !provider_auth
    `),
  },
  {
    title: "whose model does not answer in time",
    script: lines(reveal(), hang()),
    submission: { limits: { firstByteMs: 4_000 } },
    status: "timed_out",
    error: "timeout_first_byte",
    endings: ["timeout_first_byte"],
    outline: outline(`
      POST /v1/invocations
        send invocations
          process invocations !timeout_first_byte
            invoke_agent fake/test !timeout_first_byte
              turn 1
                chat test
                execute_tool bash
              turn 2 !timeout_first_byte?
                chat test !timeout_first_byte?
    `),
  },
  {
    title: "that is cancelled in the queue",
    script: lines(),
    submission: { delayMs: 60_000 },
    act: async (stage, id) => void (await stage.invocations.cancel(id)),
    status: "cancelled",
    error: "cancelled",
    endings: [],
    outline: outline(`
      POST /v1/invocations
        send invocations
          invoke_agent fake/test !cancelled
    `),
  },
  {
    title: "that is cancelled while a tool runs",
    script: lines(stay()),
    act: cancel,
    status: "cancelled",
    error: "cancelled",
    endings: ["cancelled"],
    outline: outline(`
      POST /v1/invocations
        send invocations
          process invocations !cancelled
            invoke_agent fake/test !cancelled +cancel
              turn 1 !cancelled?
                chat test
                execute_tool bash !cancelled?
    `),
  },
  {
    title: "that is paused and then cancelled",
    script: lines(stay()),
    act: pauseAndCancel,
    status: "cancelled",
    error: "cancelled",
    endings: ["cancelled"],
    outline: outline(`
      POST /v1/invocations
        send invocations
          process invocations !cancelled
            invoke_agent fake/test !cancelled +pause +cancel
              turn 1 !cancelled?
                chat test
                execute_tool bash !cancelled?
    `),
  },
  {
    title: "whose runner is killed",
    script: lines(reveal("kill -KILL $PPID"), text("Second time lucky.")),
    status: "succeeded",
    error: null,
    endings: ["runner_crashed", "succeeded"],
    outline: outline(`
      POST /v1/invocations
        send invocations
          process invocations !runner_crashed
            invoke_agent fake/test !runner_crashed
              turn 1 !runner_crashed?
                chat test
                execute_tool bash !runner_crashed?
          process invocations
            invoke_agent fake/test
              turn 1
                chat test
    `),
  },
];

const INTERRUPTED: Script = lines(stay(), text("Done."));

/** What can become of a run because of its worker. */
export const WORKER_SCENARIOS = {
  drained: {
    title: "whose worker is told to stop",
    script: INTERRUPTED,
    status: "succeeded",
    error: null,
    endings: ["handed_back", "succeeded"],
    outline: outline(`
      POST /v1/invocations
        send invocations
          process invocations
            invoke_agent fake/test +handed_back
              turn 1
                chat test
                execute_tool bash
          process invocations
            invoke_agent fake/test
              turn 1
                chat test
    `),
  },
  killed: {
    title: "whose worker is killed",
    script: INTERRUPTED,
    status: "succeeded",
    error: null,
    endings: ["worker_lost", "succeeded"],
    outline: outline(`
      POST /v1/invocations
        send invocations
          process invocations !worker_lost?
            invoke_agent fake/test !worker_lost?
              turn 1 !worker_lost?
                chat test
                execute_tool bash !worker_lost?
          process invocations
            invoke_agent fake/test
              turn 1
                chat test
    `),
  },
  notSpawned: {
    title: "whose runner cannot be started",
    script: lines(),
    submission: { limits: { maxAttempts: 1 } },
    status: "failed",
    error: "runner_crashed",
    endings: ["runner_crashed"],
    outline: outline(`
      POST /v1/invocations
        send invocations
          process invocations !runner_crashed
            invoke_agent fake/test !runner_crashed
    `),
  },
} as const satisfies Record<string, Scenario>;

/** What every scenario submits. */
export function submissionOf({ submission = {} }: Scenario): Partial<SubmissionInput> {
  return { input: `Mind what is secret. ${SECRETS}`, files: FILES, ...submission };
}
