import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { SubmissionInput } from "@pifleet/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Fleet } from "../fleet/fleet.ts";
import { freePort } from "../fleet/free-port.ts";

const EXAMPLES = fileURLToPath(new URL("../../libs/client/examples/", import.meta.url));
const SECRET = `whsec_${Buffer.alloc(32, "example").toString("base64")}`;
const UNKNOWN = "inv_01JZZZZZZZZZZZZZZZZZZZZZZZ";

type Example = ChildProcessByStdio<null, Readable, Readable>;

let fleet: Fleet;
const ran = new Set<string>();

beforeAll(async () => {
  fleet = await Fleet.start({ env: { PIFLEET_WEBHOOK_ALLOW: "loopback" } });
});
afterAll(() => fleet?.stop());

/** Starts an example as its reader would. */
function start(name: string, args: readonly string[], env: Record<string, string> = {}): Example {
  ran.add(`${name}.ts`);
  return spawn(process.execPath, [join(EXAMPLES, `${name}.ts`), ...args], {
    env: { ...process.env, PIFLEET_URL: fleet.url, PIFLEET_API_KEY: fleet.key, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs an example to its end, which must be a good one. Returns the lines that it has printed. */
async function run(name: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<string[]> {
  const example = start(name, args, env);
  const [stdout, stderr, [code]] = await Promise.all([
    text(example.stdout),
    text(example.stderr),
    once(example, "close"),
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trimEnd().split("\n");
}

/** The demo model uses every tool that it has: the fewer, the sooner the run has ended. */
const submit = (submission: Partial<SubmissionInput>) =>
  fleet.client.invocations.run({ model: "demo/scripted", input: "Say hello", tools: [], ...submission });

test.concurrent("submit-and-wait prints the output of the run", async () => {
  const lines = await run("submit-and-wait", ["Greet the reader"]);
  expect(lines.slice(0, 3)).toEqual(["Hello from Pi Fleet! You asked:", "", "> Greet the reader"]);
});

test.concurrent("follow-a-run shows the events, and goes on behind the one that it is given", async () => {
  const { id } = await submit({ tools: ["bash"] });
  const lines = await run("follow-a-run", [id]);
  expect(lines[0]).toMatch(/^\d+-\d+ invocation\.queued$/);
  expect(lines).toContainEqual(expect.stringMatching(/ calls bash$/));
  expect(lines).toContainEqual(expect.stringMatching(/ says "Hello from Pi Fleet!/));
  expect(lines.at(-1)).toMatch(/ invocation\.succeeded$/);
  const middle = Math.floor(lines.length / 2);
  const [seen = ""] = (lines[middle] ?? "").split(" ");
  expect(await run("follow-a-run", [id, seen])).toEqual(lines.slice(middle + 1));
});

test.concurrent("submit-a-batch waits for all, says what was refused, and submits nothing twice", async () => {
  const first = await run("submit-a-batch", ["nightly", "One", "", "Two"]);
  expect(first).toEqual([
    expect.stringMatching(/^One: inv_\w+ succeeded$/),
    expect.stringMatching(/^: refused, .*must not be empty/),
    expect.stringMatching(/^Two: inv_\w+ succeeded$/),
  ]);
  expect(await run("submit-a-batch", ["nightly", "One", "", "Two"])).toEqual(first);
});

test.concurrent("cancel-on-abort cancels the run when its signal is aborted", async () => {
  expect(await run("cancel-on-abort", ["1"])).toEqual(["cancelled"]);
});

test.concurrent("receive-webhooks takes what the fleet has signed, and nothing else", async ({ onTestFinished }) => {
  const receiver = start("receive-webhooks", [], { WEBHOOK_SECRET: SECRET });
  const ended = once(receiver, "close");
  onTestFinished(async () => {
    receiver.kill();
    await ended;
  });
  const lines = createInterface(receiver.stdout)[Symbol.asyncIterator]();
  const [, url = ""] = /^listening at (\S+)$/.exec((await lines.next()).value ?? "") ?? [];
  const forged = await fetch(url, { method: "POST", body: "{}" });
  expect(forged.status).toBe(400);
  const { id } = await submit({ webhook: { url, secret: SECRET } });
  expect(await lines.next()).toEqual({ done: false, value: `invocation.succeeded ${id}` });
});

test.concurrent("download-artifacts writes what a run has left", async ({ onTestFinished }) => {
  const { id } = await submit({ files: [{ path: "outputs/plans/one.md", content: "# One\n" }] });
  const directory = await mkdtemp(join(tmpdir(), "artifacts-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const target = join(directory, "plans", "one.md");
  expect(await run("download-artifacts", [id, directory])).toEqual([`${target}: 6 bytes`]);
  expect(await readFile(target, "utf8")).toBe("# One\n");
});

test.concurrent("handle-errors tells what went wrong", async () => {
  expect(await run("handle-errors", [UNKNOWN])).toEqual([`there is no ${UNKNOWN}, or it is not yours`]);
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const [line] = await run("handle-errors", [UNKNOWN], { PIFLEET_URL: nowhere });
  expect(line).toBe(`nobody answers at ${nowhere}/v1/invocations/${UNKNOWN}`);
});

test("every example is run here, and every one is in the client's README", async () => {
  const names = await readdir(EXAMPLES);
  expect([...ran].sort()).toEqual(names.sort());
  const readme = await readFile(join(EXAMPLES, "../README.md"), "utf8");
  for (const name of names) expect(readme).toContain(`(examples/${name})`);
});
