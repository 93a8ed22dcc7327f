import { existsSync, readFileSync } from "node:fs";
import { appendFile, cp, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { runnerPrograms } from "@pifleet/harness";
import { LaunchError, newInvocationId, type Runner, type RunnerProgram, type Runtime } from "@pifleet/invocation";
import { createProcessRuntime } from "@pifleet/runtime";
import { taskOf } from "@pifleet/testkit/runtime";
import { afterEach, beforeEach, expect, it } from "vitest";

const TOUCHED = 1_500_000_000;

let directory: string;
let runtime: Runtime;
let faults: string[];
let fallbacks: unknown[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "poisoned-"));
  faults = [];
  fallbacks = [];
  const [{ arguments: original = [] } = {}] = runnerPrograms;
  await cp(dirname(original.at(-1) ?? ""), join(directory, "dist"), { recursive: true });
  runtime = createProcessRuntime({
    workspaces: join(directory, "workspaces"),
    programs: runnerPrograms.map(copied),
    onFault: ({ message }) => faults.push(message),
    onFallback: (fallback) => fallbacks.push(fallback),
  });
  // All is as it was when the worker started.
  await (await launch()).dispose();
});
afterEach(async () => {
  await runtime.close();
  await rm(directory, { recursive: true });
});

/** The program in this test's own copy of the built runner. */
function copied(program: RunnerProgram): RunnerProgram {
  const here = (argument: string) => (argument.startsWith("/") ? built(basename(argument)) : argument);
  return { ...program, arguments: program.arguments.map(here) };
}

function built(file: string): string {
  return join(directory, "dist", file);
}

function launch(): Promise<Runner> {
  return runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
}

/** Whether a runner came out of the snapshot. */
function isOfSnapshot({ pid }: Runner): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("runner.blob");
}

it("a snapshot that was changed is not run, and runners start out of the bundle until it is what it was", async () => {
  const original = await readFile(built("runner.blob"));
  await appendFile(built("runner.blob"), "poison");
  for (let times = 0; times < 2; times += 1) {
    const runner = await launch();
    expect(isOfSnapshot(runner)).toBe(false);
    await runner.dispose();
  }
  expect(faults).toEqual([expect.stringMatching(/^runner\.blob was changed while the worker runs, and is not run/)]);
  expect(fallbacks).toEqual([]);

  await writeFile(built("runner.blob"), original);
  const runner = await launch();
  expect(isOfSnapshot(runner)).toBe(true);
  await runner.dispose();
});

it("no program is run when all were changed, and the launch says why", async () => {
  const trace = join(directory, "executed");
  const poison = `require("node:fs").writeFileSync(${JSON.stringify(trace)}, "");`;
  await writeFile(built("runner.cjs"), poison + (await readFile(built("runner.cjs"), "utf8")));
  const error = await launch().catch((thrown) => thrown);
  expect(error).toBeInstanceOf(LaunchError);
  expect(error.message).toMatch(/runner\.cjs was changed while the worker runs.*restart the worker/);
  expect(existsSync(trace)).toBe(false);
});

it("a file that a runner loads for its task is not loaded when it is not the one that was built", async () => {
  await writeFile(built("models/anthropic.json"), "{}");
  const runner = await launch();
  const task = { ...taskOf(runner, []), provider: "anthropic", model: "claude-sonnet-4-5" };
  runner.send({ type: "task", task });
  const { code, stderrTail } = await runner.exited;
  expect(code).not.toBe(0);
  expect(stderrTail).toContain(
    "models/anthropic.json is not the file that was built with the runner, and is not loaded",
  );
  await runner.dispose();
});

it("a file that was only touched is the same", async () => {
  await utimes(built("runner.blob"), TOUCHED, TOUCHED);
  const runner = await launch();
  expect(isOfSnapshot(runner)).toBe(true);
  await runner.dispose();
  expect(faults).toEqual([]);
});
