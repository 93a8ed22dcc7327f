import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { access, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { MARKER, type TestRun } from "../setup/test-run.ts";
import { processesOf } from "./processes.ts";
import { removeLeftovers } from "./remove-leftovers.ts";

async function newRun(): Promise<TestRun> {
  return { id: randomUUID(), directory: await mkdtemp(join(tmpdir(), "run-")) };
}

function startSleeper(options: { env?: NodeJS.ProcessEnv; cwd?: string; args?: string[] }) {
  const child = spawn("/bin/sh", ["-c", "sleep 600; :", ...(options.args ?? [])], {
    stdio: "ignore",
    cwd: options.cwd,
    env: options.env ?? {},
  });
  return { child, ended: once(child, "exit") };
}

test("nothing is reported when nothing is left", async () => {
  const run = await newRun();
  expect(await removeLeftovers(run, { patienceMs: 0 })).toEqual([]);
  await expect(access(run.directory)).rejects.toThrow("ENOENT");
});

test("a process with the run's marker is reported and ended, with what it started", async () => {
  const run = await newRun();
  const { child, ended } = startSleeper({ env: { ...process.env, [MARKER]: run.id } });
  // A process that was just forked still bears the command of its parent.
  await expect.poll(() => processesOf(run).map(({ command }) => command)).toContain("sleep 600");
  const leftovers = await removeLeftovers(run, { patienceMs: 0 });
  expect(leftovers).toContainEqual(expect.stringContaining(`process ${child.pid}: /bin/sh -c sleep 600`));
  expect(leftovers).toContainEqual(expect.stringMatching(/^process \d+: sleep 600$/));
  await ended;
  await expect.poll(() => processesOf(run)).toEqual([]);
});

test.each([
  ["working directory", (directory: string) => ({ cwd: directory })],
  ["environment", (directory: string) => ({ env: { HOME: directory } })],
  ["arguments", (directory: string) => ({ args: [directory] })],
])("a process without the marker is known by the run's directory as its %s", async (_where, options) => {
  const run = await newRun();
  const { child, ended } = startSleeper(options(run.directory));
  await expect.poll(() => processesOf(run).map(({ pid }) => pid)).toContain(child.pid);
  await expect.poll(() => processesOf(run).map(({ command }) => command)).toContain("sleep 600");
  const leftovers = await removeLeftovers(run, { patienceMs: 0 });
  expect(leftovers).toContainEqual(expect.stringContaining(`process ${child.pid}`));
  expect(leftovers).toContainEqual(expect.stringMatching(/: sleep 600$/));
  await ended;
});

test("the processes of other runs are left alone", async () => {
  const [run, other] = [await newRun(), await newRun()];
  const { child, ended } = startSleeper({ env: { [MARKER]: other.id } });
  await expect.poll(() => processesOf(other)).not.toEqual([]);
  expect(await removeLeftovers(run, { patienceMs: 0 })).toEqual([]);
  expect(processesOf(other).map(({ pid }) => pid)).toContain(child.pid);
  await removeLeftovers(other, { patienceMs: 0 });
  await ended;
});

test("a file in the run's temporary directory is reported and removed", async () => {
  const run = await newRun();
  await writeFile(join(run.directory, "forgotten"), "");
  expect(await removeLeftovers(run, { patienceMs: 0 })).toEqual([
    `in the temporary directory: ${join(run.directory, "forgotten")}`,
  ]);
  await expect(access(run.directory)).rejects.toThrow("ENOENT");
});

test.each([
  { fixture: "leaves-nothing", code: 0, says: /\d+ processes were started, and none is left\n$/ },
  { fixture: "leaves-process", code: 1, says: /left something behind:\s+process \d+: sleep 600/ },
  { fixture: "leaves-stranger", code: 1, says: /left something behind:\s+process \d+: sleep 600/ },
])(
  "a run of vitest with $fixture ends with exit code $code",
  async ({ fixture, code, says }) => {
    const args = ["node_modules/vitest/vitest.mjs", "run", "--config=test/leftovers/fixture.config.ts", fixture];
    const run = promisify(execFile)(process.execPath, args, { env: { ...process.env, NO_COLOR: "1" } });
    const result = await run.then(
      (output) => ({ code: 0, ...output }),
      (error) => error,
    );
    expect(result.code).toBe(code);
    expect(result.stderr + result.stdout).toMatch(says);
  },
  90_000,
);
