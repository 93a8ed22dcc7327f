import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConfigurationError } from "./configuration.ts";
import { withSecretFiles } from "./secret-files.ts";

const NAMES = ["REDIS_URL", "ANTHROPIC_API_KEY"];
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

it("a secret is read from the file that is named for it, without the line end that editors add", () => {
  const environment = { ANTHROPIC_API_KEY_FILE: file("key", "sk-ant-1\n"), HOME: "/root" };
  expect(withSecretFiles(environment, NAMES)).toEqual({ ANTHROPIC_API_KEY: "sk-ant-1", HOME: "/root" });
});

it("a variable that is empty names no file, and another one's file is left alone", () => {
  const environment = { REDIS_URL_FILE: " ", AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/token" };
  expect(withSecretFiles(environment, NAMES)).toEqual(environment);
});

it.each([
  ["is missing", () => join(directory, "absent"), /^REDIS_URL_FILE names .*absent, which cannot be read \(ENOENT\)/],
  ["is a directory", () => directory, /^REDIS_URL_FILE names .*, which cannot be read \(EISDIR\)/],
  ["is empty", () => file("empty", "\n"), /^REDIS_URL_FILE names .*empty, which is empty; write the secret into it$/],
  ["is too large", () => file("large", "x".repeat(70_000)), /^REDIS_URL_FILE names .*large, which is too large/],
])("a file that %s stops the start, naming the variable", (_what, path, message) => {
  const read = () => withSecretFiles({ REDIS_URL_FILE: path() }, NAMES);
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(message);
});

it.skipIf(process.getuid?.() === 0)("a file that this user may not read stops the start", () => {
  const path = file("locked", "redis://db");
  chmodSync(path, 0o000);
  expect(() => withSecretFiles({ REDIS_URL_FILE: path }, NAMES)).toThrow(/cannot be read \(EACCES\)/);
});

it("a secret must not be given twice", () => {
  const environment = { REDIS_URL: "redis://one", REDIS_URL_FILE: file("url", "redis://two") };
  expect(() => withSecretFiles(environment, NAMES)).toThrow(/^REDIS_URL_FILE must not be set together with REDIS_URL$/);
});
