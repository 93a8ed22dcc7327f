import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { invocationError, NO_USAGE } from "@pifleet/invocation";
import { describe, expect, test, vi } from "vitest";
import { LAUNCHER, PifleetProcess, pifleet } from "./testing/pifleet-process.ts";
import { eventStream, problem, ScriptedFleet } from "./testing/scripted-fleet.ts";

// Each of them starts a process or more.
vi.setConfig({ testTimeout: 60_000 });

const ID = "inv_01JZZZZZZZZZZZZZZZZZZZZZZZ";
const PATH = `/v1/invocations/${ID}`;
const stamp = { at: "2030-01-02T03:04:05.000Z", attempt: 1 };
const record = {
  id: ID,
  status: "queued",
  agent: null,
  model: "demo/scripted",
  metadata: {},
  name: "Say hello",
  input: "Say hello\nto everyone",
  instructions: null,
  tools: ["read", "bash"],
  recovery: "rerun",
  priority: 0,
  delayMs: 0,
  webhook: null,
  waitingFor: null,
  attempt: 0,
  attempts: [],
  createdAt: "2030-01-02T03:04:05.000Z",
  startedAt: null,
  endedAt: null,
  output: null,
  messages: [],
  error: null,
  usage: NO_USAGE,
  stopReason: null,
  artifacts: [],
  trace: { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", export: { status: "pending" } },
};
const succeeded = { ...record, status: "succeeded", output: "The answer", endedAt: "2030-01-02T03:04:09.000Z" };
const failed = { ...record, status: "failed", error: invocationError("no_output", "The model said nothing.") };
const goodEnd = { ...stamp, type: "invocation.succeeded", error: null, usage: NO_USAGE };
const badEnd = { ...stamp, type: "invocation.failed", error: failed.error, usage: NO_USAGE };
const said = { ...stamp, type: "message.delta", channel: "text", text: "Hello" };

describe("pifleet submit", () => {
  const submit = ["submit", "--model", "demo/scripted"];

  test("prints the id of what it queued, and sends what the options say", async () => {
    const directory = await mkdtemp(join(tmpdir(), "submit-"));
    await writeFile(join(directory, "a.ts"), "export {};\n");
    await writeFile(join(directory, "RULES.md"), "Be brief.");
    await using fleet = await ScriptedFleet.start({ "POST /v1/invocations": record });
    const options =
      "--instructions @RULES.md --file a.ts --file a.ts=src/b.ts --tools read,bash --metadata ticket=X-1 --limit totalMs=5000 --priority 7 --delay 30s --idempotency-key k1";
    const { code, stdout, stderr } = await pifleet([...submit, "Fix it", ...options.split(" ")], {
      env: { ...fleet.env, PIFLEET_API_KEY: "pf_key" },
      cwd: directory,
    });
    await rm(directory, { recursive: true });

    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${ID}\n`, stderr: "" });
    expect(fleet.asked).toMatchObject([{ headers: { authorization: "Bearer pf_key", "idempotency-key": "k1" } }]);
    expect(fleet.asked[0]?.body).toEqual({
      model: "demo/scripted",
      input: "Fix it",
      instructions: "Be brief.",
      files: [
        { path: "a.ts", content: "export {};\n" },
        { path: "src/b.ts", content: "export {};\n" },
      ],
      tools: ["read", "bash"],
      metadata: { ticket: "X-1" },
      limits: { totalMs: 5_000 },
      priority: 7,
      delayMs: 30_000,
    });
  });

  test("sends where the spans are to go, and never repeats a header that is none", async () => {
    await using fleet = await ScriptedFleet.start({ "POST /v1/invocations": record });
    const endpoint = "https://otlp.example.com/v1/traces";
    const trace = ["--trace-endpoint", endpoint, "--trace-content"];
    const good = [...trace, "--trace-header", "authorization: Bearer x", "--trace-header", "x-team: a"];
    const { code, stderr } = await pifleet([...submit, "Hello", ...good], { env: fleet.env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(fleet.asked[0]?.body).toMatchObject({
      trace: { endpoint, headers: { authorization: "Bearer x", "x-team": "a" }, content: true },
    });
    const bad = await pifleet([...submit, "Hello", ...trace, "--trace-header", "canary-4711"], { env: fleet.env });
    expect(bad.code).toBe(2);
    expect(bad.stderr).toBe("pifleet: A header for --trace-header must be 'name: value'.\n");
    await pifleet([...submit, "Hello", "--no-trace-content"], { env: fleet.env });
    expect(fleet.asked[1]?.body).toMatchObject({ trace: { content: false } });
  });

  test("takes the prompt from standard input when there is no text", async () => {
    await using fleet = await ScriptedFleet.start({ "POST /v1/invocations": record });
    const { code, stdout } = await pifleet([...submit, "--json"], { env: fleet.env, input: "From a pipe\n" });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(record);
    expect(fleet.asked[0]?.body).toMatchObject({ input: "From a pipe\n" });
  });

  test.each([
    ["no model", ["submit", "Hello"], "pifleet: Which model?"],
    ["an empty prompt", submit, "pifleet: The prompt is empty."],
    ["a file that is not there", [...submit, "--input", "@/nowhere/a.md"], "pifleet: /nowhere/a.md cannot be read"],
    [
      "two prompts",
      [...submit, "Hello", "--input", "@-"],
      "pifleet: Give the prompt as text or with --input, not both.",
    ],
    ["a limit that is no number", [...submit, "Hello", "--limit", "totalMs=long"], "It must be name=number."],
    ["both ways to wait", [...submit, "Hello", "--wait", "--watch"], "cannot be used with option"],
    ["an unknown option", [...submit, "Hello", "--now"], "pifleet: unknown option '--now'"],
  ])("refuses %s, with exit code 2", async (_what, args, message) => {
    const { code, stdout, stderr } = await pifleet(args);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("with --watch it shows the transcript, and the exit code tells how it ended", async () => {
    await using fleet = await ScriptedFleet.start({
      "POST /v1/invocations": record,
      [`GET ${PATH}/events`]: eventStream([said, badEnd]),
    });
    const { code, stdout, stderr } = await pifleet([...submit, "--watch", "Hello"], { env: fleet.env });
    expect(stdout).toMatch(/^Hello\n✗ failed · .*\n {2}no_output: The model said nothing.\n$/);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `${ID}\n` });
  });

  test("with --wait it prints the output alone", async () => {
    await using fleet = await ScriptedFleet.start({
      "POST /v1/invocations": record,
      [`GET ${PATH}?wait=25`]: succeeded,
    });
    const { code, stdout, stderr } = await pifleet([...submit, "--wait", "Hello"], { env: fleet.env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "The answer\n" });
    expect(stderr).toContain("✓ succeeded");
  });
});

describe("pifleet watch", () => {
  test("prints every event as a line of JSON when asked to", async () => {
    await using fleet = await ScriptedFleet.start({ [`GET ${PATH}/events`]: eventStream([said, goodEnd]) });
    const { code, stdout } = await pifleet(["watch", ID, "--json"], { env: fleet.env });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...said, id: "1-0" },
      { ...goodEnd, id: "2-0" },
    ]);
    expect(code).toBe(0);
  });

  test("says that the connection was lost, and goes on", async () => {
    let isFirst = true;
    const cutOnce = (response: ServerResponse) => {
      eventStream(isFirst ? [said] : [said, goodEnd])(response);
      isFirst = false;
    };
    await using fleet = await ScriptedFleet.start({ [`GET ${PATH}/events`]: cutOnce });
    const { code, stdout, stderr } = await pifleet(["watch", ID], { env: fleet.env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "… connection lost, resuming\n" });
    expect(stdout).toMatch(/^HelloHello\n✓ succeeded/);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("is left with %s, which the invocation survives", async (signal, exitCode) => {
    await using fleet = await ScriptedFleet.start({ [`GET ${PATH}/events`]: eventStream([said], { end: false }) });
    const watch = new PifleetProcess(["watch", ID], { env: fleet.env });
    await watch.hasWritten("stdout", "Hello");
    watch.signal(signal);
    const { code, stderr } = await watch.ended;
    expect({ code, stderr }).toEqual({
      code: exitCode,
      stderr: `\nThe invocation goes on. See it again with: pifleet watch ${ID}\n`,
    });
    expect(fleet.asked.map(({ request }) => request)).toEqual([`GET ${PATH}/events`]);
  });
});

describe("pifleet get", () => {
  test("names the keys that submitted and cancelled it", async () => {
    const [key, other] = ["key_01JZZZZZZZZZZZZZZZZZZZZZZZ", "key_01JYYYYYYYYYYYYYYYYYYYYYYY"];
    const cancelled = {
      ...record,
      status: "cancelled",
      submittedBy: { key, name: "Nightly build" },
      cancellation: { at: record.createdAt, by: { key: other, name: null }, reason: "Not needed" },
    };
    await using fleet = await ScriptedFleet.start({ [`GET ${PATH}`]: cancelled });
    const { stdout } = await pifleet(["get", ID], { env: fleet.env });
    expect(stdout).toContain(`\nsubmitted by  Nightly build (${key})\n`);
    expect(stdout).toMatch(new RegExp(`\\ncancelled +2030-01-02 03:04:05Z by ${other}: Not needed\\n`));
  });

  test("shows the record and exits with 0 whatever its status", async () => {
    await using fleet = await ScriptedFleet.start({ [`GET ${PATH}`]: failed });
    const { code, stdout, stderr } = await pifleet(["get", ID], { env: fleet.env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(`\n${stdout}`).toBe(`
${ID}  ✗ failed
name     Say hello
model    demo/scripted
input    Say hello to everyone
tools    read bash
created  2030-01-02 03:04:05Z
usage    0 turns · 0 tool calls · 0 tokens in, 0 out · $0
trace    4bf92f3577b34da6a3ce929d0e0e4736 (export: pending)
  no_output: The model said nothing.
`);
  });

  test("shows what was asked for, and what it waits for", async () => {
    const asked = { instructions: "Be\nbrief.", priority: 3, delayMs: 60_000, recovery: "fail" };
    const webhook = { url: "https://example.com/hook?…", events: ["invocation.failed"] };
    const waitingFor = { reason: "tenant_limit", ahead: 2 };
    await using fleet = await ScriptedFleet.start({ [`GET ${PATH}`]: { ...record, ...asked, webhook, waitingFor } });
    const { stdout } = await pifleet(["get", ID], { env: fleet.env });
    expect(stdout).toContain(`
instructions  Be brief.
tools         read bash
priority      3
delay         1 min 00 s
recovery      fail
webhook       https://example.com/hook?… invocation.failed
waits for     a free slot: its tenant runs as many as it may, 2 go first
`);
  });

  test("shows the record of an API that knows less", async () => {
    const { name: _, input: __, tools: ___, webhook: ____, ...older } = record;
    await using fleet = await ScriptedFleet.start({ [`GET ${PATH}`]: older });
    const { code, stdout } = await pifleet(["get", ID], { env: fleet.env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("model    demo/scripted") });
  });

  test.each([
    [{ status: "ok" }, "ok"],
    [{ status: "failed", reason: "401 Unauthorized" }, "failed: 401 Unauthorized"],
    [{ status: "partial", rejectedSpans: 1, reason: "too old" }, "partial: 1 span refused: too old"],
  ])("says what became of the spans: %j", async (result, shown) => {
    const trace = { ...record.trace, export: result };
    await using fleet = await ScriptedFleet.start({ [`GET ${PATH}`]: { ...record, trace } });
    const { stdout } = await pifleet(["get", ID], { env: fleet.env });
    expect(stdout).toContain(`\ntrace    ${trace.traceId} (export: ${shown})\n`);
  });

  test("says in one line that there is no such invocation", async () => {
    await using fleet = await ScriptedFleet.start({});
    const { code, stdout, stderr } = await pifleet(["get", "inv_nope"], { env: fleet.env });
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "",
      stderr: "pifleet: Not Found: There is no invocation with this id\n",
    });
  });

  test("says what is wrong with every field", async () => {
    const errors = [
      { pointer: "/id", detail: "is odd" },
      { pointer: "", detail: "is empty" },
    ];
    await using fleet = await ScriptedFleet.start({
      [`GET ${PATH}`]: problem(400, "Bad Request", "Look below", errors),
    });
    const { code, stderr } = await pifleet(["get", ID], { env: fleet.env });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "pifleet: Bad Request: Look below\n  /id: is odd\n  (body): is empty\n",
    });
  });

  test("says where it looked when nothing answers", async () => {
    const fleet = await ScriptedFleet.start({});
    const { env } = fleet;
    await fleet[Symbol.asyncDispose]();
    const { code, stdout, stderr } = await pifleet(["get", ID], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^pifleet: No answer from http:\S+: ECONNREFUSED\n {2}PIFLEET_URL names the API;.*\n$/);
  });

  test("refuses an environment that is wrong, by the variable's name", async () => {
    const { code, stderr } = await pifleet(["get", ID], { env: { PIFLEET_URL: "fleet" } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^pifleet: PIFLEET_URL must be .*\n$/);
  });
});

describe("pifleet list", () => {
  const query = "/v1/invocations?status=queued&limit=1";

  test("shows a page as a table, and where there is more", async () => {
    await using fleet = await ScriptedFleet.start({ [`GET ${query}`]: { items: [record], nextCursor: "c2" } });
    const { code, stdout, stderr } = await pifleet(["list", "--status", "queued", "--limit", "1"], { env: fleet.env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "There are more: --all, or --cursor c2\n" });
    expect(`\n${stdout}`).toBe(`
ID                              STATUS  MODEL          CREATED               RAN  ATTEMPT  COST  NAME
${ID}  queued  demo/scripted  2030-01-02 03:04:05Z  -    0        $0    Say hello
`);
  });

  test("with --all prints the records of all pages, one a line", async () => {
    await using fleet = await ScriptedFleet.start({
      "GET /v1/invocations": { items: [record], nextCursor: "c2" },
      "GET /v1/invocations?cursor=c2": { items: [succeeded], nextCursor: null },
    });
    const { stdout } = await pifleet(["list", "--all", "--json"], { env: fleet.env });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([record, succeeded]);
  });

  test("is quiet when its reader has seen enough", async () => {
    const items = Array.from({ length: 100 }, () => record);
    await using fleet = await ScriptedFleet.start({
      "GET /v1/invocations": { items, nextCursor: "more" },
      "GET /v1/invocations?cursor=more": { items, nextCursor: "more" },
    });
    const command = '"$0" "$1" list --all --json | head -n 1';
    const shell = spawn("sh", ["-c", command, process.execPath, LAUNCHER], {
      env: { ...process.env, ...fleet.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, "close")]);
    expect(JSON.parse(stdout)).toEqual(record);
    expect(stderr).toBe("");
  });
});

test.each([
  ["cancel", "cancelled", "✗ cancelled"],
  ["pause", "paused", "‖ paused"],
  ["resume", "running", "● running"],
])("pifleet %s shows the record that the API answers with", async (command, status, shown) => {
  const answer = { ...record, status };
  await using fleet = await ScriptedFleet.start({ [`POST ${PATH}/${command}`]: answer });
  const [people, programs] = await Promise.all([
    pifleet([command, ID], { env: fleet.env }),
    pifleet([command, ID, "--json"], { env: fleet.env }),
  ]);
  expect(people).toMatchObject({ code: 0, stdout: `${ID}  ${shown}\n`, stderr: "" });
  expect(JSON.parse(programs.stdout)).toEqual(answer);
});

test("pifleet pause says why it cannot be", async () => {
  const detail = "The invocation is queued; pause is not possible (allowed: cancel)";
  await using fleet = await ScriptedFleet.start({ [`POST ${PATH}/pause`]: problem(409, "Conflict", detail) });
  const { code, stdout, stderr } = await pifleet(["pause", ID], { env: fleet.env });
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: `pifleet: Conflict: ${detail}\n` });
});

describe("pifleet queue", () => {
  const depth = {
    ...{ waiting: 3, delayed: 0, claimed: 12, paused: false },
    limits: { tenantQueued: 2_000, queued: 100_000, tenantRunning: null, tenantBytes: null },
    providers: [],
    tenants: [{ tenant: "acme", waiting: 2, admitted: 12 }],
  };
  const answers = {
    "GET /v1/queue": depth,
    "POST /v1/queue/pause": { ...depth, paused: true },
    "POST /v1/queue/resume": depth,
  };

  test.each([
    ["queue", "no"],
    ["queue pause", "yes, workers claim nothing"],
    ["queue resume", "no"],
  ])("as `%s` shows how deep it then is", async (command, paused) => {
    await using fleet = await ScriptedFleet.start(answers);
    const { code, stdout } = await pifleet(command.split(" "), { env: fleet.env });
    expect(stdout).toBe(`waiting  3\ndelayed  0\nclaimed  12\npaused   ${paused}\nacme     2 waiting, 12 admitted\n`);
    expect(code).toBe(0);
  });

  test("shows providers that do not answer", async () => {
    const [since, until] = ["2026-01-15T09:30:00.000Z", "2026-01-15T09:30:20.000Z"];
    const held = { provider: "anthropic", account: "9f86d081", reason: "provider_unavailable", since, until };
    await using fleet = await ScriptedFleet.start({ "GET /v1/queue": { ...depth, providers: [held] } });
    const { stdout } = await pifleet(["queue"], { env: fleet.env });
    expect(stdout).toContain(`held: anthropic  provider_unavailable since ${since}, asked again at ${until}\n`);
  });

  test.each(["queue pause --json", "queue --json pause"])("answers programs as JSON: %s", async (command) => {
    await using fleet = await ScriptedFleet.start(answers);
    const { stdout } = await pifleet(command.split(" "), { env: fleet.env });
    expect(JSON.parse(stdout)).toEqual({ ...depth, paused: true });
  });

  test("refuses what it does not know", async () => {
    const { code, stderr } = await pifleet(["queue", "stop"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("pifleet: ") });
  });
});

test("pifleet workers shows how busy each one is", async () => {
  const worker = {
    id: "w1",
    host: "h1",
    pid: 42,
    version: "0.1.0",
    startedAt: "9999-01-02T03:04:05.000Z",
    concurrency: 4,
    running: [ID],
    rssBytes: 104_857_600,
    load: 0.5,
    heartbeatAt: "9999-01-02T03:04:06.000Z",
    containment: "process-group",
  };
  const draining = { ...worker, id: "w2", running: [], draining: true };
  await using fleet = await ScriptedFleet.start({ "GET /v1/workers": { items: [worker, draining] } });
  const [people, programs] = await Promise.all([
    pifleet(["workers"], { env: fleet.env }),
    pifleet(["workers", "--json"], { env: fleet.env }),
  ]);
  // It has started and beaten in the future, as far as this clock knows.
  expect(people.stdout).toMatch(/\nw1 {2}h1 +42 +0\.1\.0 +0\.0 ms +1\/4 +100 MiB +0\.50 +0\.0 ms ago +process-group\n/);
  expect(people.stdout).toMatch(/\nw2 .* 0\/4 draining .*\n2 workers, 1 draining: 1 of 8 slots run\n$/);
  expect(JSON.parse(programs.stdout)).toEqual({ items: [worker, draining] });
});

test("pifleet workers says when there are none", async () => {
  await using fleet = await ScriptedFleet.start({ "GET /v1/workers": { items: [] } });
  const { stdout, stderr } = await pifleet(["workers"], { env: fleet.env });
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "There are no workers: `pifleet worker` starts one.\n" });
});

test("pifleet worker --help documents the worker's own option", async () => {
  const { stdout } = await pifleet(["worker", "--help"]);
  expect(stdout).toMatch(/^ {2}--drain-on-idle +end when/m);
});

test("pifleet trace shows the spans as a waterfall", async () => {
  const span = {
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    parentSpanId: null,
    name: "invoke_agent",
    kind: "internal",
    attempt: 1,
    startMs: 0,
    endMs: 1_000,
    status: { code: "ok" },
    attributes: {},
    events: [],
  };
  await using fleet = await ScriptedFleet.start({ [`GET ${PATH}/trace`]: { items: [span] } });
  const { stdout } = await pifleet(["trace", ID], { env: fleet.env });
  expect(stdout).toMatch(/^trace 4bf92f3577b34da6a3ce929d0e0e4736 · 1 span · 1.0 s\ninvoke_agent █{75,} +1.0 s\n$/);
});
