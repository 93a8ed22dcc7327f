import { BASES, type BaseName } from "./bases.ts";
import { finite, type Parameters, type Values, wellFormed } from "./parameters.ts";
import type { Reply } from "./replies.ts";
import { libraryScripts, loadScript, type ScriptSource } from "./script-loader.ts";
import { transitionsAsLua } from "./transition-table.ts";

export type Argument = string | number | Buffer;
/** Keys by their names in Lua, and what each of them holds. */
export type KeyNames = Readonly<Record<string, string>>;

/** The one declaration of a script, from which its header, its prologue and its call come. */
export interface ScriptDeclaration<K extends KeyNames, A extends Parameters, R, B extends BaseName | undefined> {
  /** The script is the Lua file of this name. */
  readonly name: string;
  /** The keys and arguments that come ahead of its own. */
  readonly base?: B;
  readonly keys: K;
  readonly args: A;
  /** What the keys behind the named ones hold; in Lua, `KEYS` from `MORE_KEYS` on. */
  readonly moreKeys?: string;
  /** What the arguments behind the named ones are; in Lua, `ARGV` from `MORE_ARGS` on. */
  readonly moreArgs?: string;
  readonly reply: Reply<R>;
}

/** What the declared names do not cover. */
export interface More {
  readonly keys?: readonly string[];
  readonly args?: readonly Argument[];
}

/** A script that was loaded and found to agree with its declaration. */
export interface Script<K extends KeyNames, A extends Parameters, R, B extends BaseName | undefined> {
  readonly name: string;
  /** The name of its command on a connection. */
  readonly command: string;
  readonly base: B | undefined;
  readonly text: string;
  readonly reply: Reply<R>;
  /** The number of keys, the keys and the arguments. @throws {TypeError} unless they are those that were declared */
  readonly input: (
    base: { readonly keys: readonly string[]; readonly args: readonly Argument[] },
    keys: Readonly<Record<keyof K, string>>,
    args: Values<A>,
    more?: More,
  ) => Argument[];
}

const LIBRARY = libraryScripts({ transitions: transitionsAsLua() });
const NONE: KeyNames & Parameters = {};
const DEFINED = new Map<string, string>();

/** The texts of all scripts that were defined, by name. */
export function definedScripts(): ReadonlyMap<string, string> {
  return DEFINED;
}

/**
 * Loads a script. @throws {Error} when the Lua file does not agree with the declaration
 */
export function defineScript<
  const K extends KeyNames,
  const A extends Parameters,
  R,
  const B extends BaseName | undefined = undefined,
>(declaration: ScriptDeclaration<K, A, R, B>, source: ScriptSource = LIBRARY): Script<K, A, R, B> {
  const { name, base, keys, args, moreKeys, moreArgs, reply } = declaration;
  const above = base ? BASES[base] : { keys: NONE, args: NONE };
  const keyNames = Object.keys({ ...above.keys, ...keys });
  const parameters: Parameters = { ...above.args, ...args };
  const body = loadScript(name, source, [...keyNames, ...Object.keys(parameters)].map(luaName));
  checkBody(declaration, body);
  const prologue = prologueOf(keyNames, parameters, declaration);
  const script = `${headerOf({ ...above.keys, ...keys }, parameters, declaration)}\n${prologue}\n${body}`;
  if (source === LIBRARY) DEFINED.set(name, script);
  const own = Object.keys(keys);
  const encoders = Object.entries(args).map(([argument, { encode }]) => [argument, encode] as const);

  const input: Script<K, A, R, B>["input"] = (given, ownKeys, values, more) => {
    const extraKeys = more?.keys ?? [];
    const extraArgs = more?.args ?? [];
    if (extraKeys.length > 0 && moreKeys === undefined) throw new TypeError(`Script ${name} takes no more keys.`);
    if (extraArgs.length > 0 && moreArgs === undefined) throw new TypeError(`Script ${name} takes no more arguments.`);
    const sent: Argument[] = [keyNames.length + extraKeys.length, ...given.keys];
    for (const key of own) {
      const value = ownKeys[key];
      if (typeof value !== "string") throw new TypeError(`Script ${name} needs the key ${key}.`);
      sent.push(value);
    }
    sent.push(...extraKeys, ...given.args);
    for (const [argument, encode] of encoders) {
      const value = values[argument];
      if (value === undefined) throw new TypeError(`Script ${name} needs the argument ${argument}.`);
      try {
        sent.push(encode(value));
      } catch (error) {
        throw new TypeError(`Script ${name} refuses the argument ${argument}: ${(error as Error).message}.`);
      }
    }
    for (const argument of extraArgs) {
      if (typeof argument === "string") wellFormed(argument);
      else if (typeof argument === "number") finite(argument);
      sent.push(argument);
    }
    return sent;
  };
  return { name, command: commandOf(name), base, text: script, reply, input };
}

/** The name under which a connection knows a script. */
export function commandOf(script: string): string {
  return `pifleet:${script}`;
}

type AnyDeclaration = Pick<
  ScriptDeclaration<KeyNames, Parameters, unknown, BaseName | undefined>,
  "name" | "keys" | "args" | "moreKeys" | "moreArgs" | "reply"
>;

/** `firstEvent` is `first_event` in Lua. */
function luaName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The names that a script has of its keys and arguments, and where those begin that have none. */
function prologueOf(keys: readonly string[], args: Parameters, { moreKeys, moreArgs }: AnyDeclaration): string {
  const lines = keys.map((key, i) => `local ${luaName(key)} = KEYS[${i + 1}]`);
  for (const [i, [name, { inLua }]] of Object.entries(args).entries()) {
    lines.push(`local ${luaName(name)} = ${inLua(`ARGV[${i + 1}]`)}`);
  }
  if (moreKeys !== undefined) lines.push(`local MORE_KEYS = ${keys.length + 1}`);
  if (moreArgs !== undefined) lines.push(`local MORE_ARGS = ${Object.keys(args).length + 1}`);
  return lines.join("\n");
}

function headerOf(keys: KeyNames, args: Parameters, { name, moreKeys, moreArgs, reply }: AnyDeclaration): string {
  const about = [
    ...Object.entries(keys).map(([key, what], i) => `    KEYS[${i + 1}] ${luaName(key)}: ${what}`),
    ...(moreKeys === undefined ? [] : [`    more KEYS: ${moreKeys}`]),
    ...Object.entries(args).map(([argument, { about }], i) => `    ARGV[${i + 1}] ${luaName(argument)}: ${about}`),
    ...(moreArgs === undefined ? [] : [`    more ARGV: ${moreArgs}`]),
  ];
  return ["--[[", `  ${name}`, "  Input:", ...about, `  Output: ${reply.about}`, "]]"].join("\n");
}

/** @throws {Error} when the script does not use a name, or reaches past the names. */
function checkBody({ name, keys, args, moreKeys, moreArgs }: AnyDeclaration, body: string): void {
  const code = body.replace(/--\[\[[^\]]*\]\]|--[^\n]*/g, "");
  const words = new Set(code.match(/[A-Za-z_]\w*/g));
  for (const declared of [...Object.keys(keys), ...Object.keys(args)].map(luaName)) {
    if (!words.has(declared)) throw new Error(`Script ${name} declares ${declared} and does not use it.`);
  }
  checkIndexed(name, words, "KEYS", "MORE_KEYS", moreKeys);
  checkIndexed(name, words, "ARGV", "MORE_ARGS", moreArgs);
  const numbered = /(?:KEYS|ARGV)\[\d+\]/.exec(code);
  if (numbered) throw new Error(`Script ${name} uses ${numbered[0]}, which has no declared name.`);
}

function checkIndexed(
  name: string,
  words: ReadonlySet<string>,
  list: string,
  first: string,
  declared: string | undefined,
): void {
  const isUsed = words.has(list);
  if (isUsed && declared === undefined) throw new Error(`Script ${name} uses ${list}, and declares no more of them.`);
  if (!isUsed && declared !== undefined)
    throw new Error(`Script ${name} declares more ${list}, and does not use them.`);
  if (words.has(first) && declared === undefined) throw new Error(`Script ${name} uses ${first} undeclared.`);
}
