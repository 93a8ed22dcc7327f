// Counts what passed and failed: `node .ci/count.mjs <vitest's JSON results> <exit code of check> <exit code of test>`.
import { readFileSync } from "node:fs";

const [file = "", ...exitCodes] = process.argv.slice(2);
const [checked, tested] = exitCodes.map(Number);

/** @typedef {{ status: string, assertionResults: { status: string }[] }} TestFile */

/** @returns {TestFile[]} none when vitest came to no results */
function testFiles() {
  const text = readFileSync(file, "utf8");
  return text === "" ? [] : JSON.parse(text).testResults;
}

/** @param {string} status */
const count = (status) => tests.filter((test) => test.status === status).length;

const files = testFiles();
const tests = files.flatMap(({ assertionResults }) => assertionResults);
const passed = count("passed");
/** Files that could not even be read have no test that could fail. */
const broken = files.filter((f) => f.status === "failed" && f.assertionResults.every((t) => t.status !== "failed"));
let failed = count("failed") + broken.length;
// A run can fail with every test passed: a leftover process, an error outside of any test.
if (tested !== 0 && failed === 0) failed += 1;
if (checked !== 0) failed += 1;

process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
