import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** The kinds of tests run one after the other, so that what starts whole processes does not slow down what does not. */
function project(name: string, groupOrder: number, include: string[], testTimeout: number) {
  return {
    test: {
      name,
      include,
      testTimeout,
      hookTimeout: testTimeout,
      sequence: { groupOrder },
      setupFiles: ["test/setup/worker.ts"],
    },
  };
}

/** What takes long, and is left to `npm run test:crash` and `npm run test:traces`. */
const LONG = [
  "test/crash/{cut-off,false-alarms,outages,pausing,presence,scale-out}.test.ts",
  "test/traces/{content,quarantine}.test.ts",
];

/** Libraries whose tests need nothing but Node: no Redis and no built runner. `npm run test:unit` runs them. */
const UNIT = "libs/{artifacts,client,execution,invocation,outbound,testkit,tracing,webhooks}/**/*.test.ts";

export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: [mode === "unit" ? "test/setup/unit.ts" : "test/setup/global.ts"],
    // Most tests wait for Redis, a process or a socket, so one worker a core leaves no core idle; two at least.
    maxWorkers: Math.max(2, availableParallelism()),
    pool: "forks",
    exclude: ["**/node_modules/**", ...(mode === "whole" ? [] : LONG)],
    projects: [
      project(
        "unit",
        0,
        mode === "unit" ? [UNIT] : ["{apps,libs,infra}/**/*.test.ts", "test/{bench,setup,leftovers}/**/*.test.ts"],
        20_000,
      ),
      project("integration", 1, ["test/integration/**/*.test.ts"], 30_000),
      project("e2e", 2, ["test/e2e/**/*.test.ts"], 60_000),
      project("traces", 3, ["test/traces/**/*.test.ts"], 60_000),
      project("crash", 4, ["test/crash/**/*.test.ts"], 60_000),
    ],
  },
}));
