import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailure } from "./failure.ts";

const POLL_MS = 100;
const PATIENCE_MS = 60_000;
const ANSWER_MS = 2_000;

/**
 * Resolves when the API at this address is ready to take requests.
 * @throws {CommandFailure} when that takes longer than a minute; the signal's reason once it is aborted
 */
export async function untilReady(apiUrl: string, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  while (!(await isReady(apiUrl))) {
    if (patience.aborted) throw new CommandFailure(`The API at ${apiUrl} does not get ready.`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function isReady(apiUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${apiUrl}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Nothing listens there yet.
    return false;
  }
}
