import type { InvocationError, InvocationRecord, Status } from "@pifleet/client";
import { formatDuration, formatUsage } from "./figures.ts";
import type { Paint } from "./output.ts";
import { plainText } from "./plain-text.ts";

const LOOK = {
  queued: ["dim", "○"],
  running: ["cyan", "●"],
  paused: ["yellow", "‖"],
  succeeded: ["green", "✓"],
  failed: ["red", "✗"],
  cancelled: ["yellow", "✗"],
  timed_out: ["red", "✗"],
  needs_attention: ["magenta", "!"],
} as const;

/** A status with its mark and colour. A newer API may have one that is not known here: it has neither. */
export function formatStatus(status: Status, paint: Paint): string {
  const [style, mark] = (LOOK as Partial<typeof LOOK>)[status] ?? [];
  return style === undefined ? plainText(status) : paint(style, `${mark} ${status}`);
}

/** How an invocation ended, for people: its status and figures on one line, and under it what went wrong. */
export function formatEnding(
  ending: {
    readonly status: Status;
    readonly error: InvocationError | null;
    readonly usage: InvocationRecord["usage"];
    readonly ranMs: number | undefined;
  },
  paint: Paint,
): string {
  const { status, error, usage, ranMs } = ending;
  const figures = [...(ranMs === undefined ? [] : [formatDuration(ranMs)]), formatUsage(usage)].join(" · ");
  return [`${formatStatus(status, paint)} ${paint("dim", `· ${figures}`)}`, ...errorLines(error)].join("\n");
}

/** The error's code and message, and what can be done about it. */
export function errorLines(error: InvocationError | null): string[] {
  if (error === null) return [];
  const words = plainText(`${error.code}: ${error.message}`).split("\n");
  return [...words, ...(error.help === undefined ? [] : [plainText(error.help)])].map((line) => `  ${line}`);
}
