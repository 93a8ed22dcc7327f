import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunRecord } from "./run-record.ts";
import { RunRegister } from "./run-register.ts";

const RECORD: RunRecord = {
  owner: { pid: 1, startTicks: 2, bootId: "boot", pidNamespace: "pid:[1]", host: "here" },
  marker: "0".repeat(32),
};

describe("the register of runs", () => {
  let directory: string;
  let register: RunRegister;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "register-"));
    register = new RunRegister(directory);
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("keeps a record until it is removed", async () => {
    register.write("run", RECORD);
    expect(await register.list()).toEqual([{ run: "run", record: RECORD }]);
    expect(await register.remove("run")).toBe(true);
    expect(await register.list()).toEqual([]);
  });

  it("leaves nothing behind when a record cannot be written", async () => {
    await mkdir(join(directory, ".runs", "run.json"), { recursive: true });
    expect(() => register.write("run", RECORD)).toThrow();
    expect(await readdir(join(directory, ".runs"))).toEqual(["run.json"]);
  });
});
