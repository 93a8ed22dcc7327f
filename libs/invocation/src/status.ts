import * as z from "zod";
import { TERMINAL_STATUSES } from "./terminal.ts";

/** Every status that an invocation can have. */
export const Status = z.enum(["queued", "running", "paused", ...TERMINAL_STATUSES]);
export type Status = z.infer<typeof Status>;

export const TerminalStatus = Status.extract(TERMINAL_STATUSES);
export type TerminalStatus = z.infer<typeof TerminalStatus>;

/** What can happen to an invocation. */
export type Transition =
  | "start"
  | "pause"
  | "resume"
  | "requeue"
  | "succeed"
  | "fail"
  | "cancel"
  | "time_out"
  | "need_attention";

/**
 * The state machine: for each status, which transition leads to which status. What is not here is illegal.
 * The Lua scripts in `libs/redis` and the diagram in `docs/lifecycle.md` are tested against this table.
 *
 * `start` from `running` or `paused` is a new attempt that takes over from one whose worker was lost. What was paused
 * stays paused.
 */
export const TRANSITIONS = {
  queued: { start: "running", cancel: "cancelled", fail: "failed" },
  running: {
    start: "running",
    pause: "paused",
    requeue: "queued",
    succeed: "succeeded",
    fail: "failed",
    cancel: "cancelled",
    time_out: "timed_out",
    need_attention: "needs_attention",
  },
  paused: {
    start: "paused",
    resume: "running",
    requeue: "queued",
    fail: "failed",
    cancel: "cancelled",
    time_out: "timed_out",
    need_attention: "needs_attention",
  },
  succeeded: {},
  failed: {},
  cancelled: {},
  timed_out: {},
  needs_attention: {},
} as const satisfies Record<Status, Partial<Record<Transition, Status>>>;

/** The status that `transition` leads to from `from`, or `undefined` when it is illegal there. */
export function nextStatus(from: Status, transition: Transition): Status | undefined {
  const row: Partial<Record<Transition, Status>> = TRANSITIONS[from];
  return row[transition];
}

/** The transitions that are legal in `status`, in the order of the table. */
export function legalTransitions(status: Status): Transition[] {
  return Object.keys(TRANSITIONS[status]) as Transition[];
}
