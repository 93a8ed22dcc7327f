import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { PifleetProcess, pifleet } from "./testing/pifleet-process.ts";
import { sampleRecord } from "./testing/sample-record.ts";
import { ScriptedFleet } from "./testing/scripted-fleet.ts";

// Each of them starts a process.
vi.setConfig({ testTimeout: 60_000 });

const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString("base64")}`;
const event = { type: "invocation.succeeded", timestamp: "2030-01-02T03:04:09.200Z", data: sampleRecord };
const SHOWN = `2030-01-02 03:04:09Z  /  ${sampleRecord.id}  ✓ succeeded · 3.2 s · `;

/** `pifleet listen` on a free port, and its address. */
async function listen(...args: string[]): Promise<{ program: PifleetProcess; url: string }> {
  const program = new PifleetProcess(["listen", "--port", "0", ...args]);
  onTestFinished(() => program.signal("SIGKILL"));
  await program.hasWritten("stderr", " until Ctrl-C.");
  const { url = "" } = /^Listening at (?<url>\S+) /.exec(program.written("stderr"))?.groups ?? {};
  return { program, url };
}

function post(url: string, body: string, { key = KEY, at = Date.now() } = {}): Promise<Response> {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac("sha256", key).update(`msg_1.${timestamp}.${body}`).digest("base64");
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
  return fetch(url, { method: "POST", headers, body });
}

test("pifleet listen --register has the fleet send to it, shows the paths, and leaves no webhook behind", async () => {
  const created = { id: "whk_1", url: "https://tunnel.example.com/", events: [], description: "", secret: SECRET };
  await using fleet = await ScriptedFleet.start({
    "POST /v1/webhooks": created,
    "DELETE /v1/webhooks/whk_1": (response: ServerResponse) => response.writeHead(204).end(),
  });
  const args = ["listen", "--port", "0", "--register", "--url", created.url, "--events", "invocation.succeeded"];
  const program = new PifleetProcess(args, { env: fleet.env });
  onTestFinished(() => program.signal("SIGKILL"));
  await program.hasWritten("stderr", " until Ctrl-C.");
  const { url = "" } = /^Listening at (?<url>\S+) /m.exec(program.written("stderr"))?.groups ?? {};
  expect((await post(`${url}hooks/ci?x=1`, JSON.stringify(event))).status).toBe(204);
  expect((await post(url, JSON.stringify(event), { key: Buffer.alloc(32, 8) })).status).toBe(400);
  const { code, stdout, stderr } = await end(program);
  expect(code).toBe(130);
  expect(stdout).toContain(`  /hooks/ci?x=1  ${sampleRecord.id}  ✓ succeeded`);
  expect(stderr).toContain("whk_1 sends to https://tunnel.example.com/, and is deleted in the end.");
  expect(fleet.asked.map(({ request }) => request)).toEqual(["POST /v1/webhooks", "DELETE /v1/webhooks/whk_1"]);
  expect(fleet.asked[0]?.body).toMatchObject({ url: created.url, events: ["invocation.succeeded"] });
});

async function end(program: PifleetProcess) {
  program.signal("SIGINT");
  return program.ended;
}

describe("pifleet listen", () => {
  test("shows what is signed with its secret, refuses what is not, and ends with 130", async () => {
    const { program, url } = await listen("--secret", SECRET);
    const answers = [
      await post(url, JSON.stringify(event)),
      await post(url, JSON.stringify(event), { key: Buffer.alloc(32, 8) }),
      await post(url, JSON.stringify(event), { at: 0 }),
      await fetch(url, { method: "POST", body: JSON.stringify(event) }),
      await fetch(url),
    ];
    expect(answers.map(({ status }) => status)).toEqual([204, 400, 400, 400, 405]);
    expect(await answers[1]?.text()).toBe("no signature fits the message and the secret\n");
    const { code, stdout, stderr } = await end(program);
    expect(code).toBe(130);
    expect(stdout).toMatch(new RegExp(`^${SHOWN}.*\n$`));
    expect(stderr.match(/^refused: .*$/gm)).toEqual([
      "refused: no signature fits the message and the secret",
      expect.stringMatching(/^refused: the message is \d+ s old$/),
      "refused: the header webhook-id is missing",
    ]);
    expect(stdout + stderr).not.toContain("whsec_");
  });

  test("with --json prints every event as a line", async () => {
    const { program, url } = await listen("--json", "--secret", SECRET);
    const other = { ...event, type: "invocation.failed", data: { ...sampleRecord, status: "failed" } };
    for (const each of [event, other]) await post(url, JSON.stringify(each));
    const { stdout } = await end(program);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { id: "msg_1", ...event },
      { id: "msg_1", ...other },
    ]);
  });

  test("takes any one of several secrets, also from a file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "listen-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const path = join(directory, "secret.txt");
    const other = Buffer.alloc(32, 8);
    await writeFile(path, `whsec_${other.toString("base64")}\n`);
    const { program, url } = await listen("--secret", SECRET, "--secret", `@${path}`);
    expect((await post(url, JSON.stringify(event))).status).toBe(204);
    expect((await post(url, JSON.stringify(event), { key: other })).status).toBe(204);
    await end(program);
  });

  test("without a secret shows everything that is an event, and says that nothing is verified", async () => {
    const { program, url } = await listen();
    const send = (body: string) => fetch(url, { method: "POST", body });
    const strange = JSON.stringify({ type: "strange\u001b[2J", data: 42 });
    const answers = [await send(JSON.stringify(event)), await send(strange), await send("hello"), await send("null")];
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 400, 400]);
    const { stdout, stderr } = await end(program);
    expect(stdout.split("\n").slice(0, 2)).toEqual([expect.stringContaining(SHOWN), "/  strange"]);
    expect(stderr).toContain("Nothing is verified.");
  });

  test("refuses a message that is larger than any of a fleet's", async () => {
    const { program, url } = await listen();
    const sent = fetch(url, { method: "POST", body: "x".repeat(5_000_000) });
    // A sender that does not read before it has sent everything may see the connection cut instead.
    expect(await sent.then(({ status }) => status).catch(() => 413)).toBe(413);
    expect((await post(url, JSON.stringify(event))).status).toBe(204);
    await end(program);
  });

  test("refuses a secret that is none, without repeating it", async () => {
    const { code, stderr } = await pifleet(["listen", "--port", "0", "--secret", "canary-4711"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "pifleet: --secret must be whsec_ and base64.\n" });
  });

  test("says when its port is in use", async () => {
    const { program, url } = await listen();
    const { code, stderr } = await pifleet(["listen", "--port", new URL(url).port]);
    expect(code).toBe(1);
    expect(stderr).toContain("the port is in use; choose another one with --port");
    await end(program);
  });

  test("refuses a port that is none", async () => {
    expect(await pifleet(["listen", "--port", "70000"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("It must be a port, 0 to 65535."),
    });
  });
});
