import { chmodSync, chownSync, mkdirSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { newRoots } from "./testing/roots.ts";
import { openWorkspacesDirectory } from "./workspaces-directory.ts";

const ADVICE = "name a directory that does not exist yet, and the worker makes it for itself";
const newRoot = newRoots();
let path: string;

beforeEach(() => {
  path = join(newRoot(), "workspaces");
});

it("is made, and nobody else can look into it", async () => {
  expect(await openWorkspacesDirectory(path)).toBe(realpathSync(path));
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(await openWorkspacesDirectory(path)).toBe(realpathSync(path));
});

it("is refused when it is a symbolic link", async () => {
  symlinkSync(newRoot(), path);
  await expect(openWorkspacesDirectory(path)).rejects.toThrow(`${path} is a symbolic link; ${ADVICE}`);
});

it("is refused when every user can replace what is in it, and is not when only the owner of a file can", async () => {
  mkdirSync(path);
  chmodSync(path, 0o777);
  await expect(openWorkspacesDirectory(path)).rejects.toThrow(`${path} can be written by every user`);
  chmodSync(path, 0o1777);
  await openWorkspacesDirectory(path);
});

it.runIf(process.getuid?.() === 0)("is refused when it belongs to another user", async () => {
  mkdirSync(path);
  chownSync(path, 12_345, 12_345);
  await expect(openWorkspacesDirectory(path)).rejects.toThrow(`${path} belongs to another user (12345); ${ADVICE}`);
});
