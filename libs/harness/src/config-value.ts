/**
 * Values of a models file as Pi defines them: text in which `$NAME` and `${NAME}` stand for environment variables,
 * `$$` for a dollar and `$!` for an exclamation mark. Pi runs a value that begins with `!` as a command; here that is
 * refused: a worker runs no command for the sake of a file.
 */
export type ResolvedValue =
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "missing"; readonly variable: string }
  | { readonly kind: "command" };

const REFERENCE = /\$(?:(?<escaped>[$!])|\{(?<braced>[A-Za-z_]\w*)\}|(?<plain>[A-Za-z_]\w*))/g;

/** Resolves a value against `environment`. An empty variable counts as missing. */
export function resolveConfigValue(raw: string, environment: Environment): ResolvedValue {
  if (raw.startsWith("!")) return { kind: "command" };
  let missing: string | undefined;
  const value = raw.replace(REFERENCE, (_match, escaped, braced, plain) => {
    if (escaped) return escaped;
    const found = environment[braced ?? plain];
    if (!found) missing ??= braced ?? plain;
    return found ?? "";
  });
  return missing === undefined ? { kind: "value", value } : { kind: "missing", variable: missing };
}

/** The names of the environment variables to which a value refers. */
export function variablesIn(raw: string): string[] {
  const references = raw.startsWith("!") ? [] : [...raw.matchAll(REFERENCE)];
  return references.flatMap(({ groups }) => groups?.braced ?? groups?.plain ?? []);
}

/** Writes a text as a config value that resolves to exactly this text. */
export function literalConfigValue(text: string): string {
  return text.replaceAll("$", "$$$$").replace(/^!/, "$!");
}

export type Environment = Readonly<Record<string, string | undefined>>;
