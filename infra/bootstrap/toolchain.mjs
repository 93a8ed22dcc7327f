import { SetupFailure } from "./failure.mjs";

const OLDEST_NODE = 20;

/** Refuses a Node that cannot even do the set-up. npm needs no look: whoever comes here without it, fails at the install. */
export function checkToolchain() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < OLDEST_NODE) {
    throw new SetupFailure(
      `Pi Fleet's set-up needs Node.js ${OLDEST_NODE} or later, and this is ${process.version}. Install a newer one, for example from https://nodejs.org.`,
    );
  }
}
