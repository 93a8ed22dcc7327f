const LOOK_MS = 250;

/**
 * Ends this process as SIGTERM does when `npx`, or `npm exec`, that started it has ended: on a signal npm ends its shell
 * and itself, and what the shell has started would stay behind. Does nothing in a process that npm has not started so.
 */
export function endWithNpm(): void {
  if (process.env.npm_command !== "exec") return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_MS);
  look.unref();
}
