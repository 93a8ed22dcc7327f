/** The statuses in which an invocation has ended for good. This file imports nothing, so that browsers may use it alone. */
export const TERMINAL_STATUSES = ["succeeded", "failed", "cancelled", "timed_out", "needs_attention"] as const;

const STATUSES: ReadonlySet<string> = new Set(TERMINAL_STATUSES);
const EVENTS: ReadonlySet<string> = new Set(TERMINAL_STATUSES.map((status) => `invocation.${status}`));

/** Whether an invocation in this status has ended for good. */
export function isTerminal(status: string): status is (typeof TERMINAL_STATUSES)[number] {
  return STATUSES.has(status);
}

/** Whether this event is the last one of its invocation. */
export function isTerminalEvent(event: { readonly type: string }): boolean {
  return EVENTS.has(event.type);
}
