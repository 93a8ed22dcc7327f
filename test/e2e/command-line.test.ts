import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { PifleetProcess, pifleet } from "../../apps/cli/src/testing/pifleet-process.ts";
import { freePort } from "../fleet/free-port.ts";

const KEY = "pf_0123456789abcdef";

/** The environment of an API of the test's own, on the tests' Redis, and of those who ask it. */
async function newFleet(): Promise<Record<string, string>> {
  const port = String(await freePort());
  return {
    PORT: port,
    PIFLEET_REDIS_PREFIX: `cli-${randomUUID()}`,
    PIFLEET_BOOTSTRAP_KEY: KEY,
    PIFLEET_URL: `http://127.0.0.1:${port}`,
    PIFLEET_API_KEY: KEY,
  };
}

async function startApi(env: Record<string, string>): Promise<PifleetProcess> {
  const api = new PifleetProcess(["api"], { env });
  onTestFinished(async () => {
    api.signal("SIGTERM");
    await api.ended;
  });
  await api.hasWritten("stdout", "listening");
  return api;
}

test("a watch outlives the API: every event comes once, also those behind its restart", async () => {
  const env = await newFleet();
  const first = await startApi(env);
  const { stdout: id } = await pifleet(["submit", "--model", "demo/scripted", "--delay", "1h", "Hello"], { env });
  const watch = new PifleetProcess(["watch", id.trim(), "--json"], { env });
  await watch.hasWritten("stdout", "invocation.queued");
  first.signal("SIGKILL");
  await first.ended;
  await startApi(env);
  await pifleet(["cancel", id.trim()], { env });

  const { code, stdout, stderr } = await watch.ended;
  const events = stdout.trimEnd().split("\n");
  expect(events.map((line) => JSON.parse(line).type)).toEqual(["invocation.queued", "invocation.cancelled"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "… connection lost, resuming\n" });
});

test("what the API refuses is said as it says it", async () => {
  const env = await newFleet();
  await startApi(env);
  const unknown = "inv_01JZZZZZZZZZZZZZZZZZZZZZZZ";
  const [missing, malformed, invalid, unauthorised] = await Promise.all([
    pifleet(["get", unknown], { env }),
    pifleet(["watch", "inv_1"], { env }),
    pifleet(["submit", "--model", "demo", "--priority", "-1", "Hello"], { env }),
    pifleet(["list"], { env: { ...env, PIFLEET_API_KEY: "pf_wrong" } }),
  ]);
  expect([missing, malformed, invalid, unauthorised].map(({ code, stdout }) => [code, stdout])).toEqual(
    Array(4).fill([1, ""]),
  );
  expect(missing.stderr).toMatch(/^pifleet: Not Found: .*\n$/);
  expect(malformed.stderr).toMatch(/^pifleet: Bad Request: .*must be an invocation id.*\n$/);
  expect(invalid.stderr).toMatch(
    /^pifleet: Bad Request\n {2}\/model: must be provider\/model.*\n {2}\/priority: .*\n$/,
  );
  expect(unauthorised.stderr).toMatch(/^pifleet: Unauthorized: .*\n {2}PIFLEET_API_KEY .* holds the key; .*\n$/);
});

test("a batch of more than one request is taken line by line, and once however often it is submitted", async () => {
  const env = await newFleet();
  await startApi(env);
  const lines = Array.from({ length: 1_002 }, (_, i) => JSON.stringify({ input: `Task ${i}`, delayMs: 3_600_000 }));
  const input = [...lines, '{"input": ""}'].join("\n");
  const submit = (key: string) =>
    pifleet(["submit", "--model", "demo/scripted", "--batch", "-", "--json", "--idempotency-key", key], { env, input });
  const first = await submit("k1");
  const second = await submit("k1");
  const answers = first.stdout.trimEnd().split("\n");
  const items = answers.map((line) => JSON.parse(line));
  expect(items.slice(0, -1).map(({ status }) => status)).toEqual(Array(1_002).fill("queued"));
  expect(items.at(-1)).toMatchObject({ status: 400, errors: [{ pointer: "/input", detail: "must not be empty" }] });
  expect(new Set(items.slice(0, -1).map(({ id }) => id)).size).toBe(1_002);
  expect(first.stderr).toMatch(/^1002 of 1003 submitted; refused: line 1003\. /);
  expect([first.code, second.code]).toEqual([1, 1]);
  expect(second.stdout.trimEnd().split("\n").slice(0, -1)).toEqual(answers.slice(0, -1));
});
