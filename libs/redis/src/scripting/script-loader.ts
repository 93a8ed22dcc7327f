import { readFileSync } from "node:fs";

/** Where the text of a script and of the files that it includes comes from. */
export interface ScriptSource {
  /** The text of `scripts/<name>.lua`. */
  script(name: string): string;
  /** The text that a line `-- @include <name>` stands for. */
  include(name: string): string;
}

const INCLUDE = /^-- @include ([\w-]+)$/gm;

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
      return resolve(source.include(include).trimEnd());
    });
  return resolve(source.script(name));
}

/** Scripts from the folder `scripts` beside this file; `generated` includes come before those of `scripts/includes`. */
export function scriptFolder(generated: Readonly<Record<string, string>>): ScriptSource {
  const read = (path: string) => readFileSync(new URL(`./scripts/${path}.lua`, import.meta.url), "utf8");
  return { script: read, include: (name) => generated[name] ?? read(`includes/${name}`) };
}
