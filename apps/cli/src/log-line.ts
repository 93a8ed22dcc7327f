import type { Paint } from "./output.ts";
import { plainText } from "./plain-text.ts";

/** The colour of a level; the others are dim. */
const MARKS = new Map<unknown, "yellow" | "red">([
  ["warn", "yellow"],
  ["error", "red"],
  ["fatal", "red"],
]);

/** Fields of every line that the reader of one machine knows. */
const KNOWN = new Set(["level", "time", "pid", "hostname", "name", "msg", "v"]);

/** One line of a service's log for people: a line of JSON as level, message and fields, any other as it is. */
export function formatLogLine(line: string, paint: Paint): string {
  const entry = parse(line);
  if (!entry) return plainText(line);
  const fields = Object.entries(entry).filter(([name]) => !KNOWN.has(name));
  const shown = fields.map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const mark = MARKS.get(entry.level) ?? "dim";
  return `${paint(mark, String(entry.level).padEnd(5))} ${plainText(String(entry.msg))}${paint("dim", plainText(shown.join("")))}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry: Record<string, unknown> = JSON.parse(line);
    return typeof entry.msg === "string" && typeof entry.level === "string" ? entry : undefined;
  } catch {
    return undefined;
  }
}
