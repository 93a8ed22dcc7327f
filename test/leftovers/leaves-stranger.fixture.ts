import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

test("a test that passes, and forgets a process that bears no trace of the tests and has lost its parent", async () => {
  const child = spawn("/bin/sh", ["-c", "sleep 600 & sleep 1"], { env: {}, cwd: "/", detached: true, stdio: "ignore" });
  expect(await once(child, "exit")).toEqual([0, null]);
});
