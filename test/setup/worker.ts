// Runs before every test file. Only now are the variables set, so that they mark what the tests start and not the
// processes of vitest, which outlive the tests.
import { inject } from "vitest";
import { MARKER } from "./test-run.ts";

const { id, directory } = inject("testRun");
process.env[MARKER] = id;
process.env.TMPDIR = directory;
