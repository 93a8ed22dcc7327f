import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { pifleet } from "./testing/pifleet-process.ts";
import { sampleRecord } from "./testing/sample-record.ts";
import { problem, ScriptedFleet } from "./testing/scripted-fleet.ts";

// Each of them starts a process or more.
vi.setConfig({ testTimeout: 60_000 });

const webhook = {
  id: "whk_1",
  url: "https://example.com/hook",
  events: ["invocation.failed"],
  description: "CI",
  enabled: true,
  disabledReason: null,
  createdAt: "2030-01-02T03:04:05.000Z",
  updatedAt: "2030-01-02T03:04:05.000Z",
};
const created = { ...webhook, secret: "whsec_x" };
const delivery = {
  id: "dlv_1",
  messageId: "msg_1",
  webhook: "whk_1",
  invocation: "inv_1",
  type: "invocation.failed",
  url: webhook.url,
  status: "dead",
  tries: [{ at: webhook.createdAt, durationMs: 12, status: 503, error: "answered 503", response: "" }],
  tryCount: 10,
  nextTryAt: null,
  createdAt: webhook.createdAt,
  deliveredAt: null,
};

function run(fleet: ScriptedFleet, command: string) {
  return pifleet(command.split(" "), { env: fleet.env });
}

describe("pifleet webhooks", () => {
  test("test has the fleet send a message, and shows what the receiver answered", async () => {
    const invocation = { ...sampleRecord, status: "queued" };
    const sent = { ...delivery, invocation: sampleRecord.id, type: "invocation.succeeded", status: "delivered" };
    await using fleet = await ScriptedFleet.start({
      "GET /v1/webhooks/whk_1": { ...webhook, events: [] },
      "POST /v1/invocations": invocation,
      [`GET /v1/invocations/${sampleRecord.id}?wait=25`]: sampleRecord,
      [`GET /v1/deliveries?webhook=whk_1&invocation=${sampleRecord.id}`]: { items: [sent], nextCursor: null },
      "GET /v1/deliveries/dlv_1": { ...sent, body: "{}" },
    });
    const { code, stdout } = await run(fleet, "webhooks test whk_1");
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("503: answered 503") });
    expect(fleet.asked[1]?.body).toMatchObject({ model: "demo/scripted" });
  });

  test("test refuses a webhook that would not be told", async () => {
    await using fleet = await ScriptedFleet.start({ "GET /v1/webhooks/whk_1": { ...webhook, enabled: false } });
    const { code, stderr } = await run(fleet, "webhooks test whk_1");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("pifleet webhooks update whk_1 --enable"),
    });
    expect(fleet.asked).toHaveLength(1);
  });

  test("create shows the new webhook and, this once, its secret", async () => {
    await using fleet = await ScriptedFleet.start({ "POST /v1/webhooks": created });
    const { code, stdout, stderr } = await run(
      fleet,
      `webhooks create ${webhook.url} --events invocation.failed --description CI`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "Keep the secret: it is not shown again.\n" });
    expect(`\n${stdout}`).toBe(`
id           whk_1
url          https://example.com/hook
events       invocation.failed
state        enabled
description  CI
created      2030-01-02 03:04:05Z
secret       whsec_x
`);
    expect(fleet.asked[0]?.body).toEqual({ url: webhook.url, events: ["invocation.failed"], description: "CI" });
  });

  test("create takes a secret from a file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "webhooks-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, "secret.txt"), "whsec_fromFile\n");
    await using fleet = await ScriptedFleet.start({ "POST /v1/webhooks": created });
    const { stdout } = await run(fleet, `webhooks create ${webhook.url} --secret @${directory}/secret.txt --json`);
    expect(JSON.parse(stdout)).toEqual(created);
    expect(fleet.asked[0]?.body).toEqual({ url: webhook.url, secret: "whsec_fromFile" });
  });

  test.each(["webhooks list", "webhooks"])("`%s` shows them as a table", async (command) => {
    const gone = { ...webhook, id: "whk_2", events: [], enabled: false, disabledReason: "answered 410" };
    await using fleet = await ScriptedFleet.start({ "GET /v1/webhooks": { items: [webhook, gone], nextCursor: null } });
    const { code, stdout } = await run(fleet, command);
    expect(code).toBe(0);
    expect(`\n${stdout}`).toBe(`
ID     STATE                   URL                       EVENTS             CREATED               DESCRIPTION
whk_1  enabled                 https://example.com/hook  invocation.failed  2030-01-02 03:04:05Z  CI
whk_2  disabled: answered 410  https://example.com/hook  all                2030-01-02 03:04:05Z  CI
`);
  });

  test("list says when there are none", async () => {
    await using fleet = await ScriptedFleet.start({ "GET /v1/webhooks": { items: [], nextCursor: null } });
    const { stdout, stderr } = await run(fleet, "webhooks list");
    expect({ stdout, stderr }).toEqual({
      stdout: "",
      stderr: "There are no webhooks: `pifleet webhooks create URL` makes one.\n",
    });
    expect(JSON.parse((await run(fleet, "webhooks list --json")).stdout)).toEqual({ items: [], nextCursor: null });
  });

  test("get shows one", async () => {
    await using fleet = await ScriptedFleet.start({ "GET /v1/webhooks/whk_1": webhook });
    expect((await run(fleet, "webhooks get whk_1")).stdout).toMatch(/^id {11}whk_1\n/);
    expect(JSON.parse((await run(fleet, "webhooks get whk_1 --json")).stdout)).toEqual(webhook);
  });

  test.each([
    ["--enable", { enabled: true }],
    ["--disable", { enabled: false }],
    [
      "--url https://example.com/b --events invocation.failed",
      { url: "https://example.com/b", events: ["invocation.failed"] },
    ],
    ["--events=", { events: [] }],
    ["--secret whsec_y", { secret: "whsec_y" }],
  ])("update %s sends only what is to be different", async (options, body) => {
    await using fleet = await ScriptedFleet.start({ "PATCH /v1/webhooks/whk_1": created });
    const { code, stdout } = await run(fleet, `webhooks update whk_1 ${options}`);
    expect({ code, asked: fleet.asked[0]?.body }).toEqual({ code: 0, asked: body });
    expect(stdout).not.toContain("whsec_");
  });

  test.each([
    ["webhooks update whk_1", "What is to be different?"],
    ["webhooks update whk_1 --enable --disable", "cannot be used with option"],
    ["webhooks get ../queue", "It must be the id of a webhook"],
    ["webhooks create", "missing required argument"],
    ["webhooks burn", "error"],
  ])("refuses `%s`, with exit code 2", async (command, message) => {
    await using fleet = await ScriptedFleet.start({});
    const { code, stderr } = await run(fleet, command);
    expect(code).toBe(2);
    expect(stderr).toContain(message === "error" ? "pifleet: " : message);
    expect(fleet.asked).toEqual([]);
  });

  test("rotate-secret prints the new secret alone", async () => {
    await using fleet = await ScriptedFleet.start({ "PATCH /v1/webhooks/whk_1": created });
    const { stdout, stderr } = await run(fleet, "webhooks rotate-secret whk_1");
    expect({ stdout, stderr }).toEqual({ stdout: "whsec_x\n", stderr: "Keep the secret: it is not shown again.\n" });
    expect(fleet.asked[0]?.body).toEqual({ rotateSecret: true });
  });

  test("delete says so", async () => {
    const none = (response: ServerResponse) => response.writeHead(204).end();
    await using fleet = await ScriptedFleet.start({ "DELETE /v1/webhooks/whk_1": none });
    expect(await run(fleet, "webhooks delete whk_1")).toMatchObject({ code: 0, stderr: "whk_1 is deleted.\n" });
    const { stdout } = await run(fleet, "webhooks delete whk_1 --json");
    expect(JSON.parse(stdout)).toEqual({ id: "whk_1", deleted: true });
  });

  test("says why an address is refused", async () => {
    const errors = [{ pointer: "/url", detail: "must lead to a public address" }];
    const refused = problem(400, "Bad Request", "/url: must lead to a public address", errors);
    await using fleet = await ScriptedFleet.start({ "POST /v1/webhooks": refused });
    const { code, stderr } = await run(fleet, "webhooks create http://127.0.0.1/");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "pifleet: Bad Request: /url: must lead to a public address\n",
    });
  });
});

describe("pifleet deliveries", () => {
  const page = { items: [delivery], nextCursor: "c2" };

  test("list shows the ledger as a table, and where there is more", async () => {
    const query = "webhook=whk_1&status=dead&since=2030-01-02T00%3A00%3A00.000Z&limit=1";
    await using fleet = await ScriptedFleet.start({ [`GET /v1/deliveries?${query}`]: page });
    const options = "--webhook whk_1 --status dead --since 2030-01-02 --limit 1";
    const { code, stdout, stderr } = await run(fleet, `deliveries list ${options}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "There are more: --all, or --cursor c2\n" });
    expect(`\n${stdout}`).toBe(`
ID     STATUS  TYPE               INVOCATION  TRIES  ANSWER             NEXT TRY  CREATED
dlv_1  dead    invocation.failed  inv_1       10     503: answered 503  -         2030-01-02 03:04:05Z
`);
    expect(JSON.parse((await run(fleet, `deliveries list ${options} --json`)).stdout)).toEqual(page);
  });

  test("list with --all prints the deliveries of all pages, one a line", async () => {
    await using fleet = await ScriptedFleet.start({
      "GET /v1/deliveries?invocation=inv_1": page,
      "GET /v1/deliveries?invocation=inv_1&cursor=c2": { items: [delivery], nextCursor: null },
    });
    const { stdout } = await run(fleet, "deliveries --invocation inv_1 --all --json");
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([delivery, delivery]);
  });

  test("get shows the tries and what is sent", async () => {
    const shown = { ...delivery, body: '{"type":"invocation.failed"}' };
    await using fleet = await ScriptedFleet.start({ "GET /v1/deliveries/dlv_1": shown });
    const { stdout } = await run(fleet, "deliveries get dlv_1");
    expect(stdout).toContain("503: answered 503 after 12 ms\n");
    expect(stdout).toMatch(/\n\{"type":"invocation.failed"\}\n$/);
    expect(JSON.parse((await run(fleet, "deliveries get dlv_1 --json")).stdout)).toEqual(shown);
  });

  test("redeliver sends one again, or a range", async () => {
    await using fleet = await ScriptedFleet.start({
      "POST /v1/deliveries/dlv_1/redeliver": delivery,
      "POST /v1/webhooks/whk_1/redeliver": { count: 1_000, more: true },
    });
    expect((await run(fleet, "deliveries redeliver dlv_1")).stderr).toBe("dlv_1 is sent again.\n");
    const range = "deliveries redeliver --webhook whk_1 --since 2030-01-02";
    expect((await run(fleet, range)).stderr).toBe(
      "1000 deliveries are sent again.\nThere are more: do it again for them.\n",
    );
    expect(fleet.asked[1]?.body).toEqual({ since: "2030-01-02T00:00:00.000Z" });
    expect(JSON.parse((await run(fleet, `${range} --json`)).stdout)).toEqual({ count: 1_000, more: true });
  });

  test.each([
    ["deliveries redeliver", "Which ones?"],
    ["deliveries redeliver --webhook whk_1", "Which ones?"],
    ["deliveries redeliver dlv_1 --since 2h", "not both"],
    ["deliveries list --status lost", "Allowed choices are pending, delivered, dead"],
    ["deliveries list --since yesterday", "It must be a time such as"],
  ])("refuses `%s`, with exit code 2", async (command, message) => {
    const { code, stderr } = await pifleet(command.split(" "));
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

test("pifleet submit sends the webhook that it is given", async () => {
  await using fleet = await ScriptedFleet.start({ "POST /v1/invocations": { id: "inv_1" } });
  const options = `--webhook ${webhook.url} --webhook-events invocation.failed,invocation.timed_out --webhook-secret whsec_x`;
  const { code } = await run(fleet, `submit --model demo/scripted ${options} Hello`);
  expect(code).toBe(0);
  expect(fleet.asked[0]?.body).toMatchObject({
    webhook: { url: webhook.url, events: ["invocation.failed", "invocation.timed_out"], secret: "whsec_x" },
  });
});

test.each([
  ...["webhooks", "webhooks create", "webhooks list", "webhooks get", "webhooks update", "webhooks rotate-secret"],
  ...["webhooks delete", "deliveries", "deliveries list", "deliveries get", "deliveries redeliver", "listen"],
])("pifleet %s --help shows an example", async (command) => {
  const { code, stdout, stderr } = await pifleet([...command.split(" "), "--help"]);
  expect(stdout).toMatch(/\nExamples?:\n {2}\$ .*pifleet /);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
