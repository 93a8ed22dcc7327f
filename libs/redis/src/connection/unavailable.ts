import { UnavailableError } from "@pifleet/invocation";

/** What a Redis that answers, but cannot serve now, begins its error with. */
const CANNOT_SERVE =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOREPLICAS|NOAUTH|WRONGPASS)\b|can't execute command/;

/**
 * Gives every failure to reach Redis its one name, `UnavailableError`. Errors that Redis itself answers to a command
 * are bugs and pass unchanged, unless they say that it cannot serve now.
 */
export async function reached<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw isUnreachable(error) ? new UnavailableError("Redis cannot be reached", { cause: error }) : error;
  }
}

/** Whether an error says that Redis cannot be reached, or cannot serve now. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof UnavailableError) return false;
  if (error.name === "ReplyError") return CANNOT_SERVE.test(error.message);
  return !(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError);
}
