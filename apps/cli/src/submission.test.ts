import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageError } from "./failure.ts";
import { buildSubmission, type SubmissionOptions } from "./submission.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "submission-"));
});
afterEach(() => rm(directory, { recursive: true }));

function build(options: SubmissionOptions, prompt?: string, stdin: object = Readable.from([""])) {
  const { signal } = new AbortController();
  return buildSubmission(prompt, { model: "a/b", ...options }, { stdin: stdin as NodeJS.ReadStream, signal });
}

test("a file for the workspace keeps its relative path, one from elsewhere its name, and = names another place", async () => {
  await mkdir(join(directory, "src"));
  const path = join(directory, "src", "a.ts");
  await writeFile(path, "content");
  const { files } = await build({ file: [path, `${path}=lib/b.ts`] }, "Hello");
  expect(files).toEqual([
    { path: "a.ts", content: "content" },
    { path: "lib/b.ts", content: "content" },
  ]);
  const { files: relative } = await build({ file: ["./apps/../package.json"] }, "Hello");
  expect(relative?.[0]?.path).toBe("package.json");
});

test("a file that is not text is refused, not mangled", async () => {
  const path = join(directory, "image.png");
  await writeFile(path, Buffer.from([0x89, 0xff, 0xfe]));
  await expect(build({ file: [path] }, "Hello")).rejects.toThrow(new UsageError(`${path} is not text in UTF-8.`));
});

test("a directory cannot be a prompt", async () => {
  await expect(build({ input: `@${directory}` })).rejects.toThrow(UsageError);
});

test("a person who gives no prompt is asked for one, not waited for", async () => {
  const terminal = Object.assign(Readable.from(["never read"]), { isTTY: true });
  await expect(build({}, undefined, terminal)).rejects.toThrow("What is to be done?");
});

test("a dash reads the prompt from standard input even at a terminal", async () => {
  const terminal = Object.assign(Readable.from(["typed"]), { isTTY: true });
  await expect(build({ input: "@-" }, undefined, terminal)).resolves.toMatchObject({ input: "typed" });
});

test("a prompt is text, unless --input names a file", async () => {
  const path = join(directory, "task.md");
  await writeFile(path, "Fix it.");
  await expect(build({ input: `@${path}` })).resolves.toMatchObject({ input: "Fix it." });
  await expect(build({ input: "Fix it." })).resolves.toMatchObject({ input: "Fix it." });
  await expect(build({}, "@alice asks for help")).resolves.toMatchObject({ input: "@alice asks for help" });
});

test("what is not said is left to the API", async () => {
  expect(JSON.parse(JSON.stringify(await build({}, "Hello")))).toEqual({ model: "a/b", input: "Hello" });
});
