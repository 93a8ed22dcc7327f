import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { type ArtifactLimits, FilePath } from "@pifleet/invocation";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { outputsOf } from "./outputs-of.ts";

const LIMITS: ArtifactLimits = { files: 10, fileBytes: 100, totalBytes: 250 };

let root: string;
let workspace: string;
let outputs: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "outputs-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  workspace = join(root, "workspace");
  outputs = join(workspace, "outputs");
  mkdirSync(outputs, { recursive: true });
  writeFileSync(join(root, "secret"), "a secret of the machine");
});

function write(path: string | Buffer, content = "content"): void {
  const whole = Buffer.concat([Buffer.from(`${outputs}/`), Buffer.from(path)]);
  mkdirSync(dirname(whole.toString("latin1")), { recursive: true });
  writeFileSync(whole, content);
}

function makeFifo(path: string): void {
  execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
}

/** What is kept, by path, and why the rest is not. */
async function collect(limits: ArtifactLimits = LIMITS) {
  const kept: Record<string, string> = {};
  const omitted: Record<string, string> = {};
  for await (const output of outputsOf(workspace, limits)) {
    if (output.kind === "omitted") omitted[output.path] = output.reason;
    else kept[output.path] = await text(output.content);
  }
  for (const path of Object.keys(kept)) expect(FilePath.parse(path)).toBe(path);
  return { kept, omitted };
}

describe("the outputs of a workspace", () => {
  it("are its files, by name, also in directories, empty ones too; hard links are files", async () => {
    write("b/deep/c.txt", "deep");
    write("a.txt", "first");
    write("empty", "");
    mkdirSync(join(outputs, "nothing in it"));
    linkSync(join(outputs, "a.txt"), join(outputs, "again.txt"));
    const { kept, omitted } = await collect();
    expect(Object.entries(kept)).toEqual([
      ["a.txt", "first"],
      ["again.txt", "first"],
      ["b/deep/c.txt", "deep"],
      ["empty", ""],
    ]);
    expect(omitted).toEqual({});
  });

  it("are nothing when the run has made none", async () => {
    rmSync(outputs, { recursive: true });
    expect(await collect()).toEqual({ kept: {}, omitted: {} });
  });

  it("do not include what symbolic links lead to, neither outside nor inside", async () => {
    write("real.txt", "real");
    symlinkSync(join(root, "secret"), join(outputs, "absolute"));
    symlinkSync("../../secret", join(outputs, "relative"));
    symlinkSync(root, join(outputs, "directory"));
    symlinkSync("real.txt", join(outputs, "inside"));
    symlinkSync("loop", join(outputs, "loop"));
    symlinkSync("/proc/self/environ", join(outputs, "environ"));
    const { kept, omitted } = await collect();
    expect(kept).toEqual({ "real.txt": "real" });
    const names = ["absolute", "directory", "environ", "inside", "loop", "relative"];
    expect(omitted).toEqual(Object.fromEntries(names.map((name) => [name, "it is a symbolic link"])));
  });

  it.each([
    ["outputs", () => outputs],
    ["the workspace", () => workspace],
  ])("are nothing when %s itself is a symbolic link", async (_what, place) => {
    mkdirSync(join(root, "outputs"));
    writeFileSync(join(root, "outputs", "theirs"), "theirs");
    rmSync(place(), { recursive: true });
    symlinkSync(place() === outputs ? join(root, "outputs") : root, place());
    const { kept, omitted } = await collect();
    expect(kept).toEqual({});
    expect(Object.keys(omitted)).toEqual(["outputs"]);
  });

  it.each([
    ["a file", () => writeFileSync(outputs, "no directory")],
    ["a FIFO", () => makeFifo(outputs)],
  ])("are nothing when outputs is %s", async (_what, make) => {
    rmSync(outputs, { recursive: true });
    make();
    expect(await collect()).toEqual({ kept: {}, omitted: { outputs: expect.stringContaining("no directory") } });
  });

  it("do not include FIFOs and sockets, and are not held up by them", async () => {
    makeFifo(join(outputs, "fifo"));
    const server = createServer().listen(join(outputs, "socket"));
    onTestFinished(() => void server.close());
    write("z");
    const { kept, omitted } = await collect();
    expect(kept).toEqual({ z: "content" });
    expect(omitted).toEqual({ fifo: "it is a special file", socket: "it is a special file" });
  });

  it("do not include names that are not for everybody: those with control characters, backslashes, drives, no UTF-8", async () => {
    write("...", "three dots");
    write("Ä ö\u{1F600}.txt", "unicode");
    write(" leading and trailing ", "spaces");
    for (const name of ["new\nline", "back\\slash", "C:", "tab\t", "esc\u001b[31m"]) write(name);
    write(Buffer.from("caf\xe9", "latin1"));
    const { kept, omitted } = await collect();
    expect(Object.keys(kept)).toEqual([" leading and trailing ", "...", "Ä ö\u{1F600}.txt"]);
    expect(Object.keys(omitted)).toHaveLength(6);
    expect(omitted["caf\ufffd"]).toBe("its name is not UTF-8");
    expect(omitted["new\nline"]).toBe("its path must not hold control characters or backslashes");
  });

  it("tell names apart that differ in case only", async () => {
    write("Report", "one");
    write("report", "two");
    expect((await collect()).kept).toEqual({ Report: "one", report: "two" });
  });

  it("do not include paths that are too long or too deep, and do not fail for them", async () => {
    const long = Array.from({ length: 6 }, () => "x".repeat(200)).join("/");
    execFileSync("mkdir", ["-p", join(outputs, long), join(outputs, Array.from({ length: 40 }, () => "d").join("/"))]);
    write("z");
    const { kept, omitted } = await collect();
    expect(kept).toEqual({ z: "content" });
    const reasons = Object.values(omitted);
    expect(reasons).toContain("its path must not be longer than 1024 bytes");
    expect(reasons).toContain("it is more than 32 directories deep");
  });

  it("are bounded: in number, in the size of each and of all together", async () => {
    for (const name of ["a", "b", "d", "e"]) write(name, "x".repeat(80));
    write("c", "x".repeat(101));
    const { kept, omitted } = await collect();
    expect(Object.keys(kept)).toEqual(["a", "b", "d"]);
    expect(omitted).toEqual({
      c: "it is larger than 100 bytes",
      e: "more than 250 bytes together are not kept",
    });
    const few = await collect({ ...LIMITS, files: 1 });
    expect(Object.keys(few.kept)).toEqual(["a"]);
    expect(few.omitted.d).toBe("more than 1 files are not kept");
  });

  it("do not include a sparse file of a terabyte, which is not read", async () => {
    write("huge");
    truncateSync(join(outputs, "huge"), 2 ** 40);
    expect(await collect()).toEqual({ kept: {}, omitted: { huge: "it is larger than 100 bytes" } });
  });

  it("are not looked through without end", async () => {
    mkdirSync(join(outputs, "many"));
    for (let i = 0; i < 1_500; i += 1) symlinkSync("nowhere", join(outputs, "many", `${i}`));
    write("z");
    const { kept, omitted } = await collect();
    expect(kept).toEqual({});
    expect(Object.keys(omitted).length).toBeLessThan(1_100);
    expect(Object.values(omitted)).toContain("there is more than is looked through");
  });

  it.skipIf(process.getuid?.() === 0)("do not include what may not be read", async () => {
    write("closed/file");
    write("secret");
    chmodSync(join(outputs, "closed"), 0);
    chmodSync(join(outputs, "secret"), 0);
    const { kept, omitted } = await collect();
    chmodSync(join(outputs, "closed"), 0o700);
    expect(kept).toEqual({});
    expect(omitted).toEqual({
      closed: "permission denied (EACCES)",
      secret: "permission denied (EACCES)",
    });
  });

  it("are read from where they were found, also when the directory is exchanged meanwhile", async () => {
    write("a/one", "one");
    write("a/two", "two");
    const kept: string[] = [];
    for await (const output of outputsOf(workspace, LIMITS)) {
      if (output.kind !== "file") continue;
      if (kept.length === 0) {
        execFileSync("mv", [join(outputs, "a"), join(root, "moved")]);
        symlinkSync(root, join(outputs, "a"));
        writeFileSync(join(root, "two"), "a secret of the machine");
      }
      kept.push(`${output.path} ${await text(output.content)}`);
    }
    expect(kept).toEqual(["a/one one", "a/two two"]);
  });

  it("fail to be read when they become shorter meanwhile", async () => {
    write("a", "x".repeat(50));
    for await (const output of outputsOf(workspace, LIMITS)) {
      truncateSync(join(outputs, "a"), 10);
      if (output.kind === "file") await expect(text(output.content)).rejects.toThrow("shorter");
    }
  });
});
