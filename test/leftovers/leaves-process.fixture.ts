import { spawn } from "node:child_process";
import { expect, test } from "vitest";

test("a test that passes, and forgets the process that it started", () => {
  const child = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  child.unref();
  expect(child.pid).toBeDefined();
});
