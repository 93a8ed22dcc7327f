// Runs before every test file. Only now are the variables set, so that they mark what the tests start and not the
// processes of vitest, which outlive the tests.
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { MARKER } from "./test-run.ts";

const { id, directory } = inject("testRun");
process.env[MARKER] = id;
process.env.TMPDIR = directory;
// Tests start some hundred processes from source; compiled once, each of them takes less than half the time.
process.env.NODE_COMPILE_CACHE = fileURLToPath(new URL("../../node_modules/.cache/test-programs", import.meta.url));
// Most tests run one invocation on each worker. `PIFLEET_WARM=0` in the environment makes all of them start cold.
process.env.PIFLEET_WARM ??= "1";
