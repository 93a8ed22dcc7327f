import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withInstallLock } from "./install-lock.mjs";

const home = process.cwd();
const { signal } = new AbortController();
let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), "checkout-"));
  process.chdir(checkout);
});

afterEach(async () => {
  process.chdir(home);
  await rm(checkout, { recursive: true });
});

async function leaveLockOf(owner: number): Promise<void> {
  await mkdir(".cache");
  await writeFile(".cache/install.lock", String(owner));
}

test("only one works at a time, and the others come after it", async () => {
  const story: string[] = [];
  const work = (name: string) =>
    withInstallLock(signal, async () => {
      story.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      story.push(`${name} ends`);
    });
  await Promise.all([work("one"), work("two")]);
  expect(story).toEqual(["one begins", "one ends", "two begins", "two ends"]);
});

test("the lock of a process that is dead counts as none", async () => {
  await leaveLockOf(spawnSync("true").pid);
  await withInstallLock(signal, async () => {
    expect(await readFile(".cache/install.lock", "utf8")).toBe(String(process.pid));
  });
});

test("the lock is given back when the work fails", async () => {
  const failing = withInstallLock(signal, () => Promise.reject(new Error("no network")));
  await expect(failing).rejects.toThrow("no network");
  await expect(readFile(".cache/install.lock")).rejects.toThrow("ENOENT");
});

test("waiting for a living process ends when the user interrupts it", async () => {
  await leaveLockOf(process.pid);
  const controller = new AbortController();
  const waiting = withInstallLock(controller.signal, async () => undefined);
  controller.abort();
  await expect(waiting).rejects.toThrow("aborted");
});
