export type { Logger } from "pino";

import { type DestinationStream, type LevelWithSilent, type Logger, pino } from "pino";

import type { UnknownVariable } from "./unknown-variables.ts";

const STANDARD_OUTPUT = 1;

/**
 * A logger that writes JSON lines to standard output, or lines for people when that is a terminal. Levels are written
 * by name, times in UTC as RFC 3339 has them.
 * @param level the least level that is written
 */
export function createLogger(level: LevelWithSilent, destination: DestinationStream = standardOutput()): Logger {
  const redact = ["req.headers", "headers", "authorization", "body", "submission", "trace"];
  const formatters = { level: (label: string) => ({ level: label }) };
  const timestamp = pino.stdTimeFunctions.isoTime;
  return pino({ level, redact, formatters, timestamp, serializers: { err: describeError } }, destination);
}

/** Names the variables that look like ours and are not. */
export function warnOfUnknownVariables(log: Logger, variables: readonly UnknownVariable[]): void {
  for (const { variable, meant } of variables) {
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    log.warn({ variable }, `${variable} is no setting of Pi Fleet and is ignored${hint}`);
  }
}

function standardOutput(): DestinationStream {
  return process.stdout.isTTY ? terminal : pino.destination({ fd: STANDARD_OUTPUT, sync: true });
}

/**
 * What is logged of an error: where it came from, and nothing that others have hung onto it. The errors of a database
 * carry the command that failed, and with it whole submissions and the credentials in them.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { type, message, stack } = pino.stdSerializers.err(error);
  const { code } = error as NodeJS.ErrnoException;
  return { type, message, stack, ...(code !== undefined && { code }) };
}

const terminal: DestinationStream = { write: (line) => void process.stdout.write(`${forPeople(line)}\n`) };

/** A JSON log line as people read it: time of day, level, message, then the other fields. */
export function forPeople(line: string): string {
  const { level, time, pid: _pid, hostname: _hostname, reqId: _request, msg, err, ...fields } = JSON.parse(line);
  const clock = new Date(time).toISOString().slice(11, 23);
  const label = String(level).padEnd(5);
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${clock} ${label} ${msg ?? ""}${rest.join("")}${err?.stack ? `\n${err.stack}` : ""}`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
