import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createMemoryBackend } from "@pifleet/testkit";
import { generateClasses, generateClient } from "@pifleet/testkit/client-generator";
import { expect, onTestFinished, test, vi } from "vitest";
import { startApi } from "../../apps/api/src/testing/api.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMPILER = join(ROOT, "node_modules/typescript/bin/tsc");
const run = promisify(execFile);

/** Stricter than what most who generate clients use. */
const TSCONFIG = {
  extends: join(ROOT, "tsconfig.base.json"),
  compilerOptions: { lib: ["es2024", "dom"], types: ["node"], skipLibCheck: false },
  include: ["*.ts"],
};

/** A program that uses what was generated, and what it must not be able to say. */
const PROGRAM = `
import createClient from "openapi-fetch";
import type { components, paths } from "./generated.ts";

type Invocation = components["schemas"]["Invocation"];

const client = createClient<paths>({ baseUrl: process.argv[2] });
const submitted = await client.POST("/v1/invocations", { body: { model: "demo/scripted", input: "Say hello" } });
if (submitted.error) throw new Error(submitted.error.detail);
const { id }: Invocation = submitted.data;

const { data } = await client.GET("/v1/invocations/{id}", { params: { path: { id }, query: { wait: 0 } } });
const status = data?.status;

// The status tells what is there.
export function told(invocation: Invocation | components["schemas"]["InvocationSummary"]): string {
  if (invocation.status === "succeeded") return invocation.endedAt;
  if (invocation.status === "failed") return invocation.error.code;
  return invocation.startedAt ?? "";
}
export const outputOf = (invocation: Invocation): string =>
  // @ts-expect-error only an invocation that succeeded has an output for certain
  invocation.status === "succeeded" ? invocation.output : invocation.output;

// The types tell the events apart.
const events = await client.GET("/v1/invocations/{id}/events", {
  params: { path: { id } },
  headers: { accept: "application/json" },
});
const page = events.data as components["schemas"]["EventList"];
const exitCodes = page.items.map((event) => (event.type === "tool.ended" ? event.exitCode : undefined));

const batch = await client.POST("/v1/invocations/batch", { body: { invocations: [{ model: "wrong" }] } });
const problems = batch.data?.items.map((item) => ("id" in item ? item.id : item.code));

const hook = await client.GET("/v1/webhooks/{id}", { params: { path: { id: "whk_01JZZZZZZZZZZZZZZZZZZZZZZZ" } } });
console.log(JSON.stringify({ status, problems, events: exitCodes.length, missing: hook.error?.code }));

// @ts-expect-error a submission needs an input
export const incomplete: components["schemas"]["Submission"] = { model: "demo/scripted" };
// @ts-expect-error there is no such route
export const nowhere: keyof paths = "/v1/jobs";
`;

const CLASSES_PROGRAM = `
import { Api, type Event, type Invocation } from "./classes.ts";

const api = new Api({ baseUrl: process.argv[2] ?? "" });
const { data: submitted } = await api.v1.submitInvocation({ model: "demo/scripted", input: "Say hello" });
const { data }: { data: Invocation } = await api.v1.getInvocation(submitted.id);
export const exitCode = (event: Event) => (event.type === "tool.ended" ? event.exitCode : undefined);
export const output = (one: Invocation) => (one.status === "succeeded" ? (one.output satisfies string) : undefined);
console.log(JSON.stringify({ status: data.status }));
`;

// A compiler has its time, and there are three of them.
vi.setConfig({ testTimeout: 120_000 });

test("clients that two third-party generators make of the description compile strictly, and work", async () => {
  const api = await startApi(createMemoryBackend({ retentionMs: 60_000 }));
  const description = await (await api.get("/openapi.json")).text();
  const directory = await mkdtemp(join(tmpdir(), "generated-client-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, "generated.ts"), await generateClient(description));
  await writeFile(join(directory, "program.ts"), PROGRAM);
  await writeFile(join(directory, "classes.ts"), await generateClasses(description));
  await writeFile(join(directory, "program-of-classes.ts"), CLASSES_PROGRAM);
  await writeFile(join(directory, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(directory, "tsconfig.json"), JSON.stringify(TSCONFIG));
  await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));

  const compiled = await run(process.execPath, [COMPILER, "-p", directory]).catch((error) => error);
  expect(compiled.stdout).toBe("");
  const { stdout } = await run(process.execPath, [join(directory, "program.ts"), api.url]);
  const answered = { status: "queued", problems: ["invalid_request"], events: 1, missing: "webhook_not_found" };
  expect(JSON.parse(stdout)).toEqual(answered);
  const classes = await run(process.execPath, [join(directory, "program-of-classes.ts"), api.url]);
  expect(JSON.parse(classes.stdout)).toEqual({ status: "queued" });
});
