export type { Logger } from "pino";

import { type DestinationStream, type LevelWithSilent, type Logger, pino } from "pino";

const STANDARD_OUTPUT = 1;

/**
 * A logger that writes JSON lines to standard output, or lines for people when that is a terminal.
 * @param level the least level that is written
 */
export function createLogger(level: LevelWithSilent, destination: DestinationStream = standardOutput()): Logger {
  const redact = ["req.headers", "headers", "authorization", "body", "submission", "trace"];
  return pino({ level, redact, serializers: { err: describeError } }, destination);
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
  const label = (pino.levels.labels[level] ?? "").padEnd(5);
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${clock} ${label} ${msg ?? ""}${rest.join("")}${err?.stack ? `\n${err.stack}` : ""}`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
