import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Ended, pifleet } from "./testing/pifleet-process.ts";
import { sampleRecord } from "./testing/sample-record.ts";
import { problem, ScriptedFleet } from "./testing/scripted-fleet.ts";

// Each of them starts a process.
vi.setConfig({ testTimeout: 60_000 });

const ROUTE = "POST /v1/invocations/batch";
const queued = { ...sampleRecord, status: "queued" };
const refused = {
  type: "about:blank",
  title: "Bad Request",
  status: 400,
  detail: "/model: must be provider/model",
  code: "invalid_request",
  errors: [{ pointer: "/model", detail: "must be provider/model" }],
};
const AGAIN = /With --idempotency-key (\S+) the same batch can be submitted again, and nothing is submitted twice\.\n$/;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "batch-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** Submits a file of these lines. */
async function submit(lines: readonly string[], args: readonly string[], fleet?: ScriptedFleet): Promise<Ended> {
  await writeFile(join(directory, "tasks.ndjson"), lines.join("\n"));
  return pifleet(["submit", "--batch", "tasks.ndjson", ...args], { env: fleet?.env, cwd: directory });
}

describe("pifleet submit --batch", () => {
  test("sends every line with the options that it does not say itself, under one key", async () => {
    await using fleet = await ScriptedFleet.start({ [ROUTE]: { items: [queued, queued] } });
    const lines = ['{"input": "One"}', "", '{"input": "Two", "model": "a/b", "priority": 3}', ""];
    const args = ["--model", "demo/scripted", "--priority", "7", "--idempotency-key", "k1", "--traceparent", "00-1"];
    const { code, stdout, stderr } = await submit(lines, args, fleet);

    expect(fleet.asked).toMatchObject([{ headers: { "idempotency-key": "k1/1", traceparent: "00-1" } }]);
    expect(fleet.asked[0]?.body).toEqual({
      invocations: [
        { model: "demo/scripted", input: "One", priority: 7 },
        { model: "a/b", input: "Two", priority: 3 },
      ],
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "2 of 2 submitted.\n" });
    expect(`\n${stdout}`).toBe(`
LINE  ID                              RESULT
1     ${queued.id}  queued
3     ${queued.id}  queued
`);
  });

  test("takes standard input for a dash", async () => {
    await using fleet = await ScriptedFleet.start({ [ROUTE]: { items: [queued] } });
    const { code } = await pifleet(["submit", "--batch", "-"], { env: fleet.env, input: '{"input": "One"}\n' });
    expect(code).toBe(0);
    expect(fleet.asked[0]?.body).toEqual({ invocations: [{ input: "One" }] });
  });

  test("names the lines that were refused, and exits with 1", async () => {
    await using fleet = await ScriptedFleet.start({ [ROUTE]: { items: [queued, refused] } });
    const { code, stdout, stderr } = await submit(['{"input": "One"}', "", '{"model": "x"}'], [], fleet);
    expect(code).toBe(1);
    expect(stdout).toContain("\n3     -                               refused: Bad Request: /model: must be ");
    expect(stderr).toContain("1 of 2 submitted; refused: line 3. With --idempotency-key ");
    const key = AGAIN.exec(stderr)?.[1];
    expect(fleet.asked[0]?.headers["idempotency-key"]).toBe(`${key}/1`);
  });

  test("with --json it prints records and problems, one a line, in order", async () => {
    await using fleet = await ScriptedFleet.start({ [ROUTE]: { items: [queued, refused] } });
    const { code, stdout } = await submit(['{"input": "One"}', '{"model": "x"}'], ["--json"], fleet);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([queued, refused]);
    expect(code).toBe(1);
  });

  test("with --wait it prints each result as it ends, with its line, and exits with 1 when one failed", async () => {
    const [one, two] = ["inv_01JZZZZZZZZZZZZZZZZZZZZZZ1", "inv_01JZZZZZZZZZZZZZZZZZZZZZZ2"];
    const failed = {
      ...sampleRecord,
      id: two,
      status: "failed",
      error: { code: "no_output", message: "Nothing came" },
    };
    await using fleet = await ScriptedFleet.start({
      [ROUTE]: { items: [{ ...queued, id: one }, refused, { ...queued, id: two }] },
      [`GET /v1/invocations/${one}?wait=25`]: { ...sampleRecord, id: one },
      [`GET /v1/invocations/${two}?wait=25`]: failed,
    });
    const lines = ['{"input": "One"}', '{"model": "x"}', '{"input": "Two"}'];
    const whole = await submit(lines, ["--wait", "--json"], fleet);
    const printed = whole.stdout.trimEnd().split("\n");
    expect(printed.map((line) => JSON.parse(line)).toSorted((a, b) => a.line - b.line)).toEqual([
      { line: 1, ...sampleRecord, id: one },
      { line: 2, ...refused },
      { line: 3, ...failed },
    ]);
    expect(whole.stderr).toMatch(/^2 of 3 submitted; refused: line 2\..*\n1 of 2 succeeded\.\n$/);
    expect(whole.code).toBe(1);

    const { stdout } = await submit(lines, ["--wait"], fleet);
    expect(stdout).toContain(`1  ${one}  ✓ succeeded · 3.2 s`);
    expect(stdout).toContain(`3  ${two}  ✗ failed · 3.2 s`);
    expect(stdout).toContain("  no_output: Nothing came");
  });

  test("sends a chunk again whose answer was lost, under the same key", async () => {
    let isFirst = true;
    const lostOnce = (response: ServerResponse) => {
      if (isFirst) response.destroy();
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ items: [queued] }));
      isFirst = false;
    };
    await using fleet = await ScriptedFleet.start({ [ROUTE]: lostOnce });
    const { code, stderr } = await submit(['{"input": "One"}'], [], fleet);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "1 of 1 submitted.\n" });
    const [first, second, ...more] = fleet.asked.map(({ headers }) => headers["idempotency-key"]);
    expect(first).toMatch(/^[0-9a-f-]{36}\/1$/);
    expect([second, more]).toEqual([first, []]);
  });

  test("says how to go on when the API refuses the whole", async () => {
    await using fleet = await ScriptedFleet.start({ [ROUTE]: problem(403, "Forbidden", "It lacks a scope") });
    const { code, stdout, stderr } = await submit(['{"input": "One"}'], ["--idempotency-key", "k1"], fleet);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const [first, second] = stderr.split("\n");
    expect(first).toMatch(/^From line 1 on it is not certain what was submitted\. With --idempotency-key k1 /);
    expect(second).toBe("pifleet: Forbidden: It lacks a scope");
  });

  test.each([
    ["a line that is no JSON", ['{"input": "One"}', "Two"], [], "tasks.ndjson, line 2 is not JSON: "],
    ["no line", [""], [], "tasks.ndjson holds no submission"],
    [
      "a prompt as well",
      ['{"input": "One"}'],
      ["Two"],
      "Give the prompt as text or submissions with --batch, not both.",
    ],
    ["--watch as well", ['{"input": "One"}'], ["--watch"], "cannot be used with option '--watch'"],
    ["a file that is not there", [], ["--batch", "none.ndjson"], "none.ndjson cannot be read: there is no such file"],
  ])("refuses %s, and submits nothing", async (_what, lines, args, message) => {
    await using fleet = await ScriptedFleet.start({});
    const { code, stdout, stderr } = await submit(lines, args, fleet);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(fleet.asked).toEqual([]);
  });
});
