import type { Paint } from "./output.ts";
import { plainText } from "./plain-text.ts";

const LEVELS = new Map([
  [10, "trace"],
  [20, "debug"],
  [30, "info"],
  [40, "warn"],
  [50, "error"],
  [60, "fatal"],
]);

/** What every line says, and the reader of one machine knows. */
const KNOWN = new Set(["level", "time", "pid", "hostname", "name", "msg", "v"]);

/** One line of a service's log for people: a line of JSON as level, message and fields, any other as it is. */
export function formatLogLine(line: string, paint: Paint): string {
  const entry = parse(line);
  if (!entry) return plainText(line);
  const level = LEVELS.get(Number(entry.level)) ?? "info";
  const fields = Object.entries(entry).filter(([name]) => !KNOWN.has(name));
  const shown = fields.map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const mark = entry.level === 40 ? "yellow" : Number(entry.level) > 40 ? "red" : "dim";
  return `${paint(mark, level.padEnd(5))} ${plainText(String(entry.msg))}${paint("dim", plainText(shown.join("")))}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry: Record<string, unknown> = JSON.parse(line);
    return typeof entry.msg === "string" && typeof entry.level === "number" ? entry : undefined;
  } catch {
    return undefined;
  }
}
