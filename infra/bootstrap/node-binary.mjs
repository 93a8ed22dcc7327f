import { existsSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { captured } from "./captured.mjs";
import { SetupFailure } from "./failure.mjs";

/** What Pi needs. */
const OLDEST = [22, 19];

/** The binary of the npm package `node`, a dev dependency, so that a host with an older Node will do. */
const PACKAGED = resolve("node_modules/node/bin/node");

/**
 * The Node that everything runs with: the one that the lock file names, or the host's where that one does not run.
 * @returns {Promise<string>} the absolute path of its binary
 */
export async function findNode() {
  if (existsSync(PACKAGED) && (await runs(PACKAGED))) return PACKAGED;
  if (isNewEnough(process.versions.node)) return process.execPath;
  throw new SetupFailure(
    `Pi Fleet runs on Node.js ${OLDEST.join(".")} or later. This is ${process.version}, and the one that npm should have installed (node_modules/node) does not run here. Was npm told to skip install scripts? Install a newer Node.js, or run \`npm rebuild node\`.`,
  );
}

/** The search path with the tools of the checkout first. */
export function searchPath() {
  return [resolve("node_modules/.bin"), process.env.PATH].join(delimiter);
}

/** @param {string} version such as 22.19.0 */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** @param {string} binary */
async function runs(binary) {
  const { ok, output } = await captured(binary, ["--version"], { signal: AbortSignal.timeout(30_000) });
  return ok && isNewEnough(output.trim().slice(1));
}
