/**
 * What `npm run <name>` comes to, once everything that it needs is there.
 * @typedef {object} Command
 * @property {"none" | "real" | "any"} redis whether it needs a Redis, and whether an emulated one will do
 * @property {boolean} [runner] whether it starts runners, which must be built
 * @property {boolean} [runsAgents] whether it runs agents, whose tools must not see the environment
 * @property {boolean} [keeps] whether `--keep` makes it keep what the fleet has
 * @property {string[]} program what is run with the right Node, with the user's arguments after it
 */

/** @type {Readonly<Record<string, Command>>} */
export const COMMANDS = {
  demo: { redis: "any", runner: true, runsAgents: true, program: ["infra/demo/main.ts"] },
  dev: { redis: "any", runner: true, runsAgents: true, keeps: true, program: ["apps/cli/bin/pifleet.mjs", "dev"] },
  test: { redis: "real", program: ["node_modules/vitest/vitest.mjs", "run"] },
  "test:unit": {
    redis: "none",
    program: ["node_modules/vitest/vitest.mjs", "run", "--project", "unit", "--mode", "unit"],
  },
  "test:watch": { redis: "real", program: ["node_modules/vitest/vitest.mjs", "watch"] },
  "test:crash": {
    redis: "real",
    program: ["node_modules/vitest/vitest.mjs", "run", "--project", "crash", "--mode", "whole"],
  },
  "test:traces": {
    redis: "real",
    program: ["node_modules/vitest/vitest.mjs", "run", "--project", "traces", "--mode", "whole"],
  },
  "test:hostile": { redis: "real", runner: true, program: ["test/hostile/main.ts"] },
  chaos: { redis: "real", runner: true, program: ["test/chaos/main.ts"] },
  fix: { redis: "none", program: ["node_modules/@biomejs/biome/bin/biome", "check", "--write"] },
  check: { redis: "none", program: ["infra/check/main.ts"] },
  build: { redis: "none", program: ["infra/build/main.ts"] },
  bench: { redis: "real", runner: true, program: ["test/bench/main.ts"] },
};
