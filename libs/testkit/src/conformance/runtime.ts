import { LaunchError, newInvocationId, type Runner, type RunnerRecord, type Runtime } from "@pifleet/invocation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Action, finish, perform } from "../runtime/action.ts";

/**
 * What every runtime keeps to.
 * @param open makes a runtime whose runners act out their tasks, as `actOut` and the acting runner do
 */
export function describeRuntime(name: string, open: () => Promise<Runtime>): void {
  describe(`${name} as a runtime`, () => {
    let runtime: Runtime;

    beforeEach(async () => {
      runtime = await open();
    });
    afterEach(() => runtime.close());

    const launch = (signal?: AbortSignal) =>
      runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [], ...(signal && { signal }) });

    it("launches a runner that takes a task, says what happens in order, and exits", async () => {
      const runner = await launch();
      const said = await saidBy(runner, [log("one"), log("two"), finish("done"), { do: "exit", code: 0 }]);
      expect(said.map(({ type }) => type)).toEqual(["ready", "log", "log", "finished"]);
      expect(said[2]).toMatchObject({ message: "two" });
      expect(await runner.exited).toMatchObject({ code: 0, signal: null, outOfMemory: false });
      await runner.dispose();
    });

    it("tells of a crash after a perfect result", async () => {
      const runner = await launch();
      const said = await saidBy(runner, [finish("perfect"), { do: "exit", code: 3 }]);
      expect(said.at(-1)).toMatchObject({ type: "finished" });
      expect(await runner.exited).toMatchObject({ code: 3 });
      await runner.dispose();
    });

    it("keeps what an uncaught error has written to stderr", async () => {
      const runner = await launch();
      await perform(runner, [{ do: "throw", message: "a bug in the harness" }]);
      const exit = await runner.exited;
      expect(exit.code).toBe(1);
      expect(exit.stderrTail).toContain("a bug in the harness");
      await runner.dispose();
    });

    it("ends a runner that would go on for ever, and its records with it", async () => {
      const runner = await launch();
      const said = saidBy(runner, [log("here"), { do: "wait" }]);
      await runner.terminate(1_000);
      expect((await said).at(0)).toMatchObject({ type: "ready" });
      expect((await runner.exited).signal).toMatch(/^SIG/);
      await runner.dispose();
    });

    it("lets terminate and dispose be called again, and commands be sent too late", async () => {
      const runner = await launch();
      await Promise.all([runner.terminate(5_000), runner.terminate(0)]);
      await Promise.all([runner.dispose(), runner.dispose()]);
      runner.send({ type: "abort" });
      await runner.terminate(0);
      expect((await runner.exited).code).toBeNull();
    });

    it("gives each runner a workspace and an environment of its own", async () => {
      const [one, two] = await Promise.all([launch(), launch()]);
      expect(one.workspace).not.toBe(two.workspace);
      expect(one.toolEnvironment.HOME).toBe(one.workspace);
      await Promise.all([one.dispose(), two.dispose()]);
    });

    it("gives a launch up that is not wanted any more", async () => {
      await expect(launch(AbortSignal.abort())).rejects.toBeInstanceOf(LaunchError);
    });

    it("launches nothing once it is closed, and ends what runs", async () => {
      const runner = await launch();
      await runtime.close();
      await runtime.close();
      expect((await runner.exited).code).toBeNull();
      await expect(launch()).rejects.toBeInstanceOf(LaunchError);
    });
  });
}

function log(message: string): Action {
  return { do: "say", record: { type: "log", level: "info", message } };
}

/** What a runner says while it acts; heartbeats and the farewell of an exit left out. */
async function saidBy(runner: Runner, actions: readonly Action[]): Promise<RunnerRecord[]> {
  const said = await perform(runner, actions);
  return said.filter((record) => record.type !== "heartbeat" && !(record.type === "log" && record.message === "bye"));
}
