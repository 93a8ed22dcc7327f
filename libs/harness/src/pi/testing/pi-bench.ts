import type { Harness, RunnerTask } from "@pifleet/invocation";
import type { HarnessBench } from "@pifleet/testkit/conformance/harness";
import { hang, type ModelServer, text, toolCall } from "@pifleet/testkit/model-server";

/** What the harness of Pi is tested with, however it is reached: tasks whose model is the fake one of the server. */
export function piBench(harness: () => Harness, server: () => ModelServer, task: () => RunnerTask): HarnessBench {
  return {
    harness,
    answering: (said) => {
      server().enqueue(text(said));
      return task();
    },
    working: (command, said) => {
      server().enqueue(toolCall("bash", { command }), text(said));
      return task();
    },
    hanging: () => {
      server().enqueue(hang());
      return task();
    },
  };
}
