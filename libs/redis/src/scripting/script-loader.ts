import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The text of a Lua file by its name, without the extension: a script, or what a line `-- @include <name>` stands for. */
export type ScriptSource = (name: string) => string;

const INCLUDE = /^-- @include ([\w-]+)$/gm;
const ROOMS = fileURLToPath(new URL("../", import.meta.url));
/** A build puts the Lua files of all rooms into one folder beside the program. */
const BUILT = fileURLToPath(new URL("./scripts/", import.meta.url));

/**
 * The text of a script with its includes in place. An include may include others; each stands in the script once,
 * where it is first asked for.
 */
export function loadScript(name: string, source: ScriptSource): string {
  const included = new Set<string>();
  const resolve = (text: string): string =>
    text.replace(INCLUDE, (_line, include: string) => {
      if (included.has(include)) return "";
      included.add(include);
      return resolve(source(include).trimEnd());
    });
  return resolve(source(name));
}

/** The Lua files of this library, wherever they are kept. Their names are unique. `generated` ones are in no file. */
export function libraryScripts(generated: Readonly<Record<string, string>>): ScriptSource {
  const folder = existsSync(BUILT) ? BUILT : ROOMS;
  const files = new Map<string, string>();
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".lua")) continue;
    const name = basename(path, ".lua");
    if (files.has(name)) throw new Error(`Two Lua files are named ${name}.`);
    files.set(name, join(folder, path));
  }
  return (name) => {
    const file = files.get(name);
    if (file === undefined && generated[name] === undefined) throw new Error(`There is no Lua file ${name}.lua.`);
    return generated[name] ?? readFileSync(file ?? "", "utf8");
  };
}
