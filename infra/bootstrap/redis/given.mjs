import { SetupFailure } from "../failure.mjs";
import { waitUntilItAnswers } from "./answers.mjs";

const PATIENCE_MS = 3_000;

/**
 * Uses the Redis that `REDIS_URL` names.
 * @param {string} url
 * @returns {Promise<{ url: string }>}
 */
export async function checkGivenRedis(url) {
  if (!URL.canParse(url) || !/^rediss?:/.test(url)) {
    throw new SetupFailure("REDIS_URL is no Redis URL: it must look like redis://host:6379 or rediss://host:6379.");
  }
  if (!(await waitUntilItAnswers(url, AbortSignal.timeout(PATIENCE_MS)))) {
    throw new SetupFailure(
      `REDIS_URL is set, and nothing answers at ${new URL(url).host}. Start that Redis, or unset REDIS_URL to have one started for you.`,
    );
  }
  return { url };
}
