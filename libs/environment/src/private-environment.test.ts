import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROGRAM = `
  import { readFileSync } from "node:fs";
  import { adoptPrivateEnvironment } from ${JSON.stringify(fileURLToPath(new URL("./private-environment.ts", import.meta.url)))};
  adoptPrivateEnvironment();
  console.log(JSON.stringify({
    adopted: process.env.PLANTED_SECRET,
    seen: readFileSync("/proc/self/environ", "latin1"),
    arguments: process.argv.slice(1),
    pid: process.pid,
    node: process.execArgv.filter((argument) => argument.startsWith("--max-semi-space-size")),
  }));`;

describe.runIf(process.platform === "linux")("a process with a private environment", () => {
  const start = (more: Record<string, string> = {}) =>
    spawnSync(process.execPath, ["--input-type=module", "--eval", PROGRAM, "--", "first argument", "second"], {
      env: { PATH: process.env.PATH, PLANTED_SECRET: "s3cret-value", LANG: "C", ...more },
      encoding: "utf8",
    });
  const run = start();
  const report = JSON.parse(run.stdout || "null");

  it("still has its secrets", () => {
    expect(run.stderr).toBe("");
    expect(report.adopted).toBe("s3cret-value");
  });

  it("shows other processes nothing but the public part", () => {
    expect(report.seen).toContain("LANG=C");
    expect(report.seen).not.toContain("s3cret-value");
    expect(report.seen).not.toContain("PLANTED_SECRET");
  });

  it("keeps its process id and its arguments", () => {
    expect(report.pid).toBe(run.pid);
    expect(report.arguments).toEqual(["first argument", "second"]);
  });

  it("has a small young generation, unless another one was chosen", () => {
    expect(report.node).toEqual(["--max-semi-space-size=4"]);
    const { stdout } = start({ NODE_OPTIONS: "--max-semi-space-size=32" });
    expect(JSON.parse(stdout).node).toEqual([]);
  });
});
