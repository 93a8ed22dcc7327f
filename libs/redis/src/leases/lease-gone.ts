import { reached } from "../connection/unavailable.ts";

/** BullMQ's answer to a move whose lease has run out, or that somebody else holds. */
const LEASE_GONE = new Set([-1, -2, -3, -6]);

/** Whether a move of BullMQ's was made; false when the lease that it needs was gone. @throws {UnavailableError} */
export async function tookEffect(move: Promise<unknown>): Promise<boolean> {
  try {
    await reached(move);
    return true;
  } catch (error) {
    if (isLeaseGone(error)) return false;
    throw error;
  }
}

function isLeaseGone(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return cause instanceof Error && "code" in cause && LEASE_GONE.has(cause.code as number);
}
