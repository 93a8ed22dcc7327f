import { getSystemErrorMessage } from "node:util";

/** Whether an operation failed because what it was about is not there. */
export function isMissing(error: unknown): boolean {
  return errorCode(error) === "ENOENT";
}

/** What the work comes to; or something else when what it is about is not there, or not any more. */
export async function unlessMissing<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return otherwise;
    throw error;
  }
}

/** The code of a failed system call, such as `ENOSPC`; `undefined` for any other error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What went wrong, in words for people who are not to see the paths of this machine. */
export function withoutPaths(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!("errno" in error) || typeof error.errno !== "number") return error.message;
  return `${getSystemErrorMessage(error.errno)} (${errorCode(error)})`;
}
