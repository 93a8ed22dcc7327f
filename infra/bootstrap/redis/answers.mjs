import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

const POLL_MS = 25;
const ONE_TRY_MS = 1_000;

/**
 * Waits until a Redis answers a PING. Any answer counts, also that it wants a password first.
 * @param {string} url
 * @param {AbortSignal} signal ends the waiting
 * @returns {Promise<boolean>} whether it answered in time
 */
export async function waitUntilItAnswers(url, signal) {
  while (!signal.aborted) {
    if (await answers(url)) return true;
    await setTimeout(POLL_MS, undefined, { signal }).catch(ignoreAbort);
  }
  return false;
}

/** @param {string} url @returns {Promise<boolean>} */
function answers(url) {
  const { protocol, hostname, port } = new URL(url);
  const address = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 6379) };
  return new Promise((resolve) => {
    const socket = protocol === "rediss:" ? connectTls(address) : connect(address);
    const settle = (/** @type {boolean} */ answered) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(ONE_TRY_MS, () => settle(false));
    socket.on("error", () => settle(false));
    // A server that still loads its data says so, and does not count.
    socket.on("data", (data) => settle(/^[+-](?!LOADING)/.test(data.toString())));
    socket.write("PING\r\n");
  });
}

/** @param {unknown} error */
function ignoreAbort(error) {
  if (!(error instanceof Error && error.name === "AbortError")) throw error;
}
