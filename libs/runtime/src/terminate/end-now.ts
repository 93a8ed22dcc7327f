import type { ProcessRunner } from "../process-runner.ts";
import type { Site } from "../site.ts";

const WAIT_MS = 500;
const LOOK_MS = 2;

/**
 * Ends runners while this process exits, when nothing can be awaited any more: kills them, waits until they are gone,
 * removes what they leave. What it cannot do in time is left to the sweep of another worker.
 */
export function endNow(runners: Iterable<ProcessRunner>, site: Site | undefined): void {
  const deadline = performance.now() + WAIT_MS;
  const left = [...runners];
  for (const runner of left) runner.killNow();
  for (const runner of left) {
    while (runner.alive && performance.now() < deadline) pause();
    if (!runner.alive) removeNow(runner);
  }
  if (!site) return;
  for (const begun of site.begun) removeNow(begun);
}

/** Waits without the event loop, which has ended. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
}

function removeNow(left: { removeNow(): void }): void {
  try {
    left.removeNow();
  } catch {
    // Nobody can be told any more, and whose it is stands there for the sweep.
  }
}
