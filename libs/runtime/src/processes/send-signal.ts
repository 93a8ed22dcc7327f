/**
 * Sends a signal to a process, or to a group when `target` is negative; 0 only asks whether there is one.
 * Returns whether there was one that could be reached.
 */
export function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // ESRCH: none is left. EPERM: none that is ours; a group can hold a process that has changed its user.
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}
