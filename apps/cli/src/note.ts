import type { Event } from "./event.ts";
import { elapsedMs, formatDuration } from "./figures.ts";
import type { Style } from "./output.ts";

/** One line about the course of a run. */
export interface Note {
  readonly style: Style;
  readonly text: string;
}

/** What the line about an event depends on beyond the event itself. */
export interface Course {
  /** Whether a part of the model's message that is not complete has been shown. */
  readonly isMidMessage: boolean;
  /** When the invocation was paused, if it still is. */
  readonly pausedAt: string | undefined;
}

/** What there is to say about an event; nothing about those that show for themselves, or that are not known yet. */
export function noteOf(event: Event, course: Course): Note | undefined {
  switch (event.type) {
    case "invocation.queued":
      return dim("queued");
    case "attempt.started":
      return startOf(event, course);
    case "turn.started":
      return dim(`turn ${event.turn}`);
    case "retry.scheduled":
      return { style: "yellow", text: `↻ ${retryOf(event, course)}: ${event.reason}` };
    case "log":
      return dim(`${event.level}: ${event.message}`);
    case "invocation.paused":
      return { style: "yellow", text: "‖ paused" };
    case "invocation.resumed":
      return dim(resumptionOf(elapsedMs(course.pausedAt, event.at)));
    case "attempt.ended":
      return endOf(event);
    case "gap":
      return { style: "dim", text: `… the events from ${event.from} to ${event.to} are no longer kept` };
    default:
      return undefined;
  }
}

type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;

function startOf({ attempt, worker }: EventOf<"attempt.started">, { pausedAt }: Course): Note {
  if (attempt <= 1) return dim(`attempt ${attempt} on worker ${worker}`);
  const paused = pausedAt === undefined ? "" : ", still paused";
  return { style: "yellow", text: `↻ attempt ${attempt} on worker ${worker}, from the beginning${paused}` };
}

function retryOf({ scope, attempt, delayMs }: EventOf<"retry.scheduled">, { isMidMessage }: Course): string {
  const when = delayMs === 0 ? "at once" : `in ${formatDuration(delayMs)}`;
  if (scope === "attempt") return `attempt ${attempt + 1} follows ${when}`;
  return `the model request is made again ${when}${isMidMessage ? ", its message begins anew" : ""}`;
}

/** What may pass is told with its reason: it may not have been the last attempt, so that nothing else tells it. */
function endOf({ attempt, ended, error }: EventOf<"attempt.ended">): Note | undefined {
  if (ended === "succeeded") return undefined;
  if (ended === "handed_back") return dim(`attempt ${attempt} was handed back: its worker stops`);
  const reason = error?.retryable ? ` (${error.message})` : "";
  return { style: "red", text: `✗ attempt ${attempt} ended: ${ended}${reason}` };
}

function resumptionOf(pausedMs: number | undefined): string {
  return pausedMs === undefined ? "resumed" : `resumed after ${formatDuration(pausedMs)}`;
}

function dim(text: string): Note {
  return { style: "dim", text: `· ${text}` };
}
