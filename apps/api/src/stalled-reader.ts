import type { ServerResponse } from "node:http";

/** So many times it must have been found stalled to be disconnected. */
const DISCONNECT_AFTER = 4;

interface WatchOptions {
  /** How long a reader may take nothing of what waits for it, milliseconds. */
  readonly stalledMs: number;
  /** Called when it has taken nothing for so long; it is disconnected when it goes on like that. */
  readonly onStalled: () => void;
}

/**
 * Looks after the reader of an answer that has no end of its own. What waits for it is bounded, but a reader that takes
 * nothing holds a connection and a place in this process for ever: it is asked to come back later, and if it does not
 * even take that, it is disconnected.
 */
export function watchReader(response: ServerResponse, { stalledMs, onStalled }: WatchOptions): void {
  let taken = -1;
  let warnings = 0;
  const timer = setInterval(() => {
    const now = response.socket?.bytesWritten ?? 0;
    const isStalled = response.writableNeedDrain && now - unsent(response) === taken;
    taken = now - unsent(response);
    if (!isStalled) return;
    warnings += 1;
    if (warnings === 1) onStalled();
    if (warnings === DISCONNECT_AFTER) response.destroy();
  }, stalledMs);
  response.once("close", () => clearInterval(timer));
}

/** `bytesWritten` of a socket counts what still waits in it. */
function unsent(response: ServerResponse): number {
  return response.socket?.writableLength ?? 0;
}
