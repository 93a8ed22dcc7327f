import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { LAUNCHER } from "./testing/pifleet-process.ts";
import { sampleRecord } from "./testing/sample-record.ts";
import { ScriptedFleet } from "./testing/scripted-fleet.ts";

// Each of them starts a process or more.
vi.setConfig({ testTimeout: 60_000 });

const FULL = "/dev/full";
const { id } = sampleRecord;
const answers = { [`GET /v1/invocations/${id}`]: sampleRecord, "POST /v1/invocations": sampleRecord };

/** Runs a line of shell in which `pifleet` is the program. */
async function shell(line: string) {
  await using fleet = await ScriptedFleet.start({ ...answers, [`GET /v1/invocations/${id}?wait=25`]: sampleRecord });
  const script = `pifleet() { '${process.execPath}' '${LAUNCHER}' "$@"; }; ${line}`;
  const { stdout, stderr } = await promisify(execFile)("sh", ["-c", script], { env: { ...process.env, ...fleet.env } });
  return { stdout, stderr };
}

test("who reads no further ends it without a complaint", async () => {
  expect(await shell(`{ pifleet get ${id} --json; echo code $? >&2; } | true`)).toEqual({
    stdout: "",
    stderr: "code 0\n",
  });
});

test("progress that cannot be told holds no data back", async () => {
  const line = "{ { pifleet submit --model demo/scripted --wait Hello; echo code $? >&3; } 2>&1 >&3 | true; } 3>&1";
  expect((await shell(line)).stdout).toBe("The answer\ncode 0\n");
});

test.skipIf(!existsSync(FULL))("data that cannot be written is a failure, which is told", async () => {
  const { stdout, stderr } = await shell(`pifleet get ${id} > ${FULL}; echo code $?`);
  expect(stdout).toBe("code 1\n");
  expect(stderr).toMatch(/^pifleet: Standard output cannot be written: ENOSPC.*\n$/);
});
