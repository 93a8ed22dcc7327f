import { createMemoryBackend } from "@pifleet/testkit";
import { expect, test } from "vitest";
import { startApi } from "../../apps/api/src/testing/api.ts";
import type { Context } from "../../apps/cli/src/context.ts";
import { everyCommand } from "../../apps/cli/src/every-command.ts";
import { defineProgram } from "../../apps/cli/src/program.ts";

/** The command that asks for each operation of the API. */
const COMMANDS: Readonly<Record<string, string>> = {
  submitInvocation: "submit",
  submitBatch: "submit",
  listInvocations: "list",
  getInvocation: "get",
  followInvocation: "watch",
  getInvocationTrace: "trace",
  cancelInvocation: "cancel",
  pauseInvocation: "pause",
  retryInvocation: "retry",
  resumeInvocation: "resume",
  listArtifacts: "artifacts",
  downloadArtifact: "artifacts",
  createWebhook: "webhooks create",
  listWebhooks: "webhooks list",
  getWebhook: "webhooks get",
  updateWebhook: "webhooks update",
  deleteWebhook: "webhooks delete",
  listWebhookDeliveries: "deliveries list",
  listDeliveries: "deliveries list",
  getDelivery: "deliveries get",
  redeliver: "deliveries redeliver",
  redeliverRange: "deliveries redeliver",
  listModels: "models",
  listWorkers: "workers",
  getQueue: "queue",
  pauseQueue: "queue pause",
  resumeQueue: "queue resume",
};

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
}

/** Those for users; the ones for load balancers and monitoring are asked without a command. */
async function operations(): Promise<string[]> {
  const api = await startApi(createMemoryBackend({ retentionMs: 60_000 }));
  const { paths } = (await (await api.get("/openapi.json")).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const all = Object.values(paths).flatMap((path) => Object.values(path));
  return all.filter(({ tags }) => !tags.includes("health")).map(({ operationId }) => operationId);
}

test("whatever the API offers its users, a command of pifleet does", async () => {
  expect(Object.keys(COMMANDS).sort()).toEqual((await operations()).sort());
  const commands = everyCommand(defineProgram({} as Context)).map(([words]) => words);
  expect(commands).toEqual(expect.arrayContaining(Object.values(COMMANDS).map((words) => `pifleet ${words}`)));
});
