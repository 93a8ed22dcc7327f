import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runnerPrograms } from "@pifleet/harness";
import { newInvocationId } from "@pifleet/invocation";
import { createProcessRuntime } from "@pifleet/runtime";
import { afterEach, beforeEach, expect, it } from "vitest";

const [snapshot, bundle] = runnerPrograms;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "snapshot-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** The snapshot of a runner, changed. */
async function changedSnapshot(change: (blob: Buffer) => Buffer): Promise<string> {
  const original = snapshot?.arguments.find((argument) => argument.endsWith(".blob")) ?? "";
  const path = join(directory, "runner.blob");
  await writeFile(path, change(await readFile(original)));
  return path;
}

it.each([
  ["another Node", (blob: Buffer) => replaced(blob, process.versions.node, "24.20.9")],
  ["half a file", (blob: Buffer) => blob.subarray(0, blob.length / 2)],
  ["no snapshot at all", () => Buffer.from("nothing")],
])("runners start out of the bundle when the snapshot is of %s", async (_what, change) => {
  const blob = await changedSnapshot(change);
  const changed = { name: "snapshot", arguments: ["--snapshot-blob", blob, bundle?.arguments[0] ?? ""] };
  const fallbacks: unknown[] = [];
  const onFallback = (fallback: unknown) => fallbacks.push(fallback);
  const programs = [changed, ...runnerPrograms.slice(1)];
  const runtime = createProcessRuntime({ workspaces: directory, programs, onFallback });
  const runner = await runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
  await runner.dispose();
  await runtime.close();
  expect(fallbacks).toMatchObject([{ from: "snapshot", to: "bundle" }]);
});

/** The text stands in the snapshot's metadata, which Node compares before it uses the rest. */
function replaced(blob: Buffer, text: string, by: string): Buffer {
  expect(blob.includes(text)).toBe(true);
  return Buffer.from(blob.toString("latin1").replaceAll(text, by), "latin1");
}
