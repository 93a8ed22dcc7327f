import { defineConfig } from "vitest/config";

/** Runs the fixtures of this folder, under the same set-up as all tests. */
export default defineConfig({
  test: {
    include: ["test/leftovers/*.fixture.ts"],
    globalSetup: ["test/setup/global.ts"],
    setupFiles: ["test/setup/worker.ts"],
  },
});
