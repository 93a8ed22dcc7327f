import { chmod, mkdir, mkdtemp, readdir, rm, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { newInvocationId } from "@pifleet/invocation";
import { describeArtifactStoreConformance } from "@pifleet/testkit";
import { expect, it, onTestFinished } from "vitest";
import { createDirectoryStore } from "./directory-store.ts";

async function newDirectory(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "artifacts-"));
  onTestFinished(() => rm(parent, { recursive: true }));
  return join(parent, "store");
}

async function* once(text: string) {
  yield Buffer.from(text);
}

/** The files in the store, relative to it. */
async function files(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describeArtifactStoreConformance("in a directory", async () => createDirectoryStore(await newDirectory()));

it("makes no directory before there is something to keep", async () => {
  const directory = await newDirectory();
  const store = createDirectoryStore(directory);
  await store.sweep(Date.now());
  await store.drop({ id: newInvocationId(), attempt: 1 });
  for await (const { id } of store.holders()) expect.unreachable(id);
  await expect(stat(directory)).rejects.toThrow("ENOENT");
});

it("keeps a content once however many have it, for the owner's eyes only, and nothing when nobody has it", async () => {
  const directory = await newDirectory();
  const store = createDirectoryStore(directory);
  const holders = [1, 2, 3].map((attempt) => ({ id: newInvocationId(), attempt }));
  for (const holder of holders) await store.put(holder, once("shared"));
  const { sha256 } = await store.put(holders[0] ?? { id: newInvocationId(), attempt: 1 }, once("shared"));
  const content = await stat(join(directory, "contents", sha256.slice(0, 2), sha256));
  expect(content.nlink).toBe(1 + holders.length);
  expect((content.mode & 0o777).toString(8)).toBe("400");
  expect(((await stat(directory)).mode & 0o777).toString(8)).toBe("700");
  for (const holder of holders) await store.drop(holder);
  expect(await files(directory)).toEqual([]);
});

it("does not share a content that somebody has written to since", async () => {
  const directory = await newDirectory();
  const store = createDirectoryStore(directory);
  const [first, second] = [1, 2].map((attempt) => ({ id: newInvocationId(), attempt }));
  if (!first || !second) return expect.unreachable();
  const { sha256 } = await store.put(first, once("the truth"));
  const content = join(directory, "contents", sha256.slice(0, 2), sha256);
  await chmod(content, 0o600);
  await writeFile(content, "a forgery");
  await store.put(second, once("the truth"));
  expect(await text(Readable.from(store.read(second, sha256)))).toBe("the truth");
  expect(await text(Readable.from(store.read(first, sha256)))).toBe("a forgery");
});

it("sweeps drafts that nobody has written to since then, and no others", async () => {
  const directory = await newDirectory();
  const incoming = join(directory, "incoming");
  await mkdir(incoming, { recursive: true });
  for (const name of ["old.draft", "new.draft", "other"]) await writeFile(join(incoming, name), "half");
  for (const name of ["old.draft", "other"]) await utimes(join(incoming, name), 1_000, 1_000);
  await createDirectoryStore(directory).sweep(Date.now() - 60_000);
  expect((await readdir(incoming)).sort()).toEqual(["new.draft", "other"]);
});

it("sweeps contents that nobody has: a process died before it could give them to its holder", async () => {
  const directory = await newDirectory();
  const store = createDirectoryStore(directory);
  const holder = { id: newInvocationId(), attempt: 1 };
  const { sha256 } = await store.put(holder, once("orphan"));
  await unlink(join(directory, "holders", `${holder.id}-1`, sha256));
  await store.sweep(Date.now() - 60_000);
  expect(await files(directory)).toEqual([sha256]);
  await store.sweep(Date.now() + 60_000);
  expect(await files(directory)).toEqual([]);
});

it("passes over what is no holder's, and takes no SHA-256 that is a path", async () => {
  const directory = await newDirectory();
  const store = createDirectoryStore(directory);
  for (const name of ["inv_1-1", "lost+found", `${newInvocationId()}`])
    await mkdir(join(directory, "holders", name), { recursive: true });
  for await (const { id } of store.holders()) expect.unreachable(id);
  expect(() => store.has({ id: newInvocationId(), attempt: 1 }, "../../etc/passwd")).toThrow(TypeError);
});
