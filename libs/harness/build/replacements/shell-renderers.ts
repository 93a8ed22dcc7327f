/** How often Pi hands on what a shell command prints, milliseconds. */
export const BASH_UPDATE_THROTTLE_MS = 100;

/** Nothing is drawn. */
export function createShellRenderers(): object {
  return {};
}
