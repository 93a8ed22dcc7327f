import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The programs that Pi's grep and find want, by the names that systems install them under. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = { rg: ["rg"], fd: ["fd", "fdfind"] };

/** The path of a program; `undefined` when it is not on PATH: nothing is downloaded. */
export async function ensureTool(tool: string): Promise<string | undefined> {
  const directories = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const paths = (PROGRAMS[tool] ?? []).flatMap((name) => directories.map((directory) => join(directory, name)));
  return paths.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
