import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { captured } from "./captured.mjs";
import { SetupFailure } from "./failure.mjs";
import { withInstallLock } from "./install-lock.mjs";
import { step } from "./progress.mjs";

const LOCK_FILE = "package-lock.json";
/** Written by npm itself when it has finished. */
const NPM_STAMP = "node_modules/.package-lock.json";
/** Written by us: the hash of the lock file that was installed. */
const STAMP = "node_modules/.pifleet-install";

/** npm says first what went wrong, then how it is used. */
const ERROR_LINES = 12;

/** What a failed `npm ci` most likely needs, by a word in its output. */
const ADVICE = [
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|network/i,
    "npm could not reach its registry: check the network, the proxy, and `npm config get registry`.",
  ],
  [/EACCES|EPERM/, "npm may not write here: check who owns this directory."],
  [/ENOSPC/, "The disk is full: make room."],
  [/EUSAGE|in sync/, "package.json and package-lock.json do not agree: run `npm install` and commit the lock file."],
];

/**
 * Installs the dependencies when they are missing or older than the lock file. Costs milliseconds when they are not.
 * Several processes may do this at once: one installs, the others wait for it.
 * @param {AbortSignal} signal
 */
export async function installDependencies(signal) {
  if (installed()) return;
  await withInstallLock(signal, async () => {
    if (installed()) return;
    await step("Installing dependencies", () => npmCi(signal));
    writeFileSync(STAMP, lockHash());
  });
}

function installed() {
  try {
    if (readFileSync(STAMP, "utf8") === lockHash()) return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return npmFinishedAfterLock();
}

/** Whether somebody ran npm by hand since the lock file changed. */
function npmFinishedAfterLock() {
  const finished = statSync(NPM_STAMP, { throwIfNoEntry: false });
  return finished !== undefined && finished.mtimeMs >= statSync(LOCK_FILE).mtimeMs;
}

function lockHash() {
  return createHash("sha256").update(readFileSync(LOCK_FILE)).digest("hex");
}

/** @param {AbortSignal} signal */
async function npmCi(signal) {
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith("npm-cli.js") ? [process.execPath, npm] : ["npm"];
  // The level is named because `npm run --silent` would silence this npm too, and with it the reason of a failure.
  const args = [...first, "ci", "--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier"];
  const { ok, output } = await captured(/** @type {string} */ (command), args, { signal });
  if (ok) return;
  const errors = output.split("\n").filter((line) => line.startsWith("npm error"));
  const advice = ADVICE.find(([pattern]) => /** @type {RegExp} */ (pattern).test(output))?.[1];
  throw new SetupFailure(
    `The dependencies could not be installed (npm ci failed). ${advice ?? "What npm said is above."}`,
    errors.slice(0, ERROR_LINES).join("\n") || output,
  );
}

/** @param {unknown} error */
function isMissing(error) {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
