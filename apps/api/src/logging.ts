import { type DestinationStream, type LevelWithSilent, type Logger, pino } from "pino";

/**
 * A logger that writes JSON lines to standard output, or lines for people when that is a terminal.
 * @param level the least level that is written
 */
export function createLogger(level: LevelWithSilent): Logger {
  const options = { level, redact: ["req.headers", "headers", "authorization", "body"] };
  return pino(options, process.stdout.isTTY ? terminal : pino.destination({ fd: 1, sync: true }));
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
