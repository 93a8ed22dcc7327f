import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UsageError } from "./failure.ts";
import { buildWebhookRequest } from "./webhook-request.ts";

const url = "https://example.com/hook";

test("no webhook is asked for when none is named", async () => {
  expect(await buildWebhookRequest({})).toBeUndefined();
});

test("a webhook has its URL, and what is said of it", async () => {
  const request = await buildWebhookRequest({
    webhook: url,
    webhookEvents: ["invocation.failed"],
    webhookSecret: "whsec_x",
  });
  expect(request).toEqual({ url, events: ["invocation.failed"], secret: "whsec_x" });
  expect(await buildWebhookRequest({ webhook: url })).toEqual({ url });
});

test("a secret is read from a file, so that it stands in no list of processes", async () => {
  const directory = await mkdtemp(join(tmpdir(), "secret-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "secret.txt");
  await writeFile(path, "whsec_fromFile\n");
  expect(await buildWebhookRequest({ webhook: url, webhookSecret: `@${path}` })).toMatchObject({
    secret: "whsec_fromFile",
  });
});

test("what goes with a webhook is refused without one, and not repeated", async () => {
  for (const options of [{ webhookSecret: "canary-4711" }, { webhookEvents: ["canary-4711"] }]) {
    const failure = await buildWebhookRequest(options).catch((error) => error);
    expect(failure).toBeInstanceOf(UsageError);
    expect(failure.message).not.toContain("canary");
  }
});
