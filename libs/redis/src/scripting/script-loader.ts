import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The text of a Lua file by its name, without the extension. */
export type ScriptSource = (name: string) => string;

const INCLUDE = /^-- @include ([\w-]+)(?:\(([\w, ]*)\))?$/;
const TAKES = /^-- @takes ([\w, ]+)$/;
const LOCAL = /^local (?:function )?([\w, ]+)/;
const ROOMS = fileURLToPath(new URL("../", import.meta.url));
/** A build puts the Lua files of all rooms into one folder beside the program. */
const BUILT = fileURLToPath(new URL("./scripts/", import.meta.url));

/**
 * The text of a script with its includes in place, each once, where it is first asked for. An include may include
 * others. It says with `-- @takes a, b` which locals it needs; `-- @include name(x, y)` gives it x and y for them, and
 * without parentheses it gets the locals of these very names.
 * @param declared the locals that stand ahead of the script
 * @throws {Error} when an include does not get what it takes
 */
export function loadScript(name: string, source: ScriptSource, declared: Iterable<string> = []): string {
  const locals = new Set(declared);
  const included = new Map<string, string>();
  const include = (by: string, wanted: string, list: string | undefined): string => {
    const text = source(wanted).trimEnd();
    const takes = namesIn(TAKES.exec(text.split("\n", 1)[0] ?? "")?.[1]);
    const gets = list === undefined ? takes : namesIn(list);
    if (gets.length !== takes.length) {
      throw new Error(`${by}.lua includes ${wanted} with ${gets.length} names; it takes ${takes.length}.`);
    }
    const unknown = gets.find((local) => !locals.has(local));
    if (unknown) throw new Error(`${by}.lua includes ${wanted} with ${unknown}, which is no local there.`);
    const before = included.get(wanted);
    if (before !== undefined && before !== gets.join())
      throw new Error(`${by}.lua includes ${wanted} a second time, with other names.`);
    if (before !== undefined) return "";
    included.set(wanted, gets.join());
    const given = takes.flatMap((local, i) => (local === gets[i] ? [] : [`local ${local} = ${gets[i]}`]));
    for (const local of takes) locals.add(local);
    return [...given, resolve(wanted, text)].join("\n");
  };
  const resolve = (by: string, text: string): string => {
    const lines = text.split("\n").map((line) => {
      const [, wanted, list] = INCLUDE.exec(line) ?? [];
      if (wanted !== undefined) return include(by, wanted, list);
      for (const local of namesIn(LOCAL.exec(line)?.[1])) locals.add(local);
      return line;
    });
    return lines.join("\n");
  };
  return resolve(name, source(name));
}

function namesIn(list = ""): string[] {
  return list.split(",").flatMap((name) => name.trim() || []);
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
