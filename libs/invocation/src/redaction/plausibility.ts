import { classOf, DIGIT, LOWER, UPPER } from "./characters.ts";

/** Keys that local servers want to see and do not check. They are in every tutorial, and in ordinary sentences. */
const DUMMIES: ReadonlySet<string> = new Set([
  ...["lm-studio", "lmstudio", "lm_studio", "ollama", "llama.cpp", "llamacpp", "llama-cpp", "vllm", "sglang", "tgi"],
  ...["localai", "koboldcpp", "tabbyapi", "gpt4all", "text-generation-inference", "localhost", "local", "local-key"],
  ...["dummy", "dummy-key", "fake", "fake-key", "empty", "none", "null", "undefined", "anything", "placeholder"],
  ...["not-needed", "not-required", "notneeded", "not_needed", "no-key", "nokey", "no-api-key", "no-key-needed"],
  ...[
    "sk-no-key-required",
    "no-key-required",
    "sk-dummy",
    "sk-local",
    "sk-placeholder",
    "sk-test",
    "sk-1234",
    "unused",
  ],
  ...[
    "changeme",
    "change-me",
    "test-key",
    "test-api-key",
    "example",
    "default",
    "anonymous",
    "your-api-key",
    "api-key",
  ],
  ...["your_api_key", "token-abc123", "openai-api-key"],
]);

/** Words that stand under the name of a secret in schemas, forms and documentation. */
const SCHEMA_WORDS: ReadonlySet<string> = new Set([
  ...["string", "str", "text", "number", "integer", "int", "boolean", "bool", "object", "array", "null", "none", "nil"],
  ...["undefined", "true", "false", "required", "optional", "hidden", "secret", "password", "passwd", "passphrase"],
  ...["token", "key", "apikey", "header", "query", "cookie", "bearer", "basic", "digest", "oauth", "input", "output"],
  ...["example", "description", "format", "type", "title", "default", "value", "sensitive", "masked", "disabled"],
  ...["enabled", "empty", "missing", "invalid", "unset", "given", "any", "unknown", "varchar", "bytes", "binary"],
  ...["plaintext", "bcrypt", "argon2", "scrypt", "hash", "hashed", "encrypted", "write-only", "writeonly", "readonly"],
  ...["current-password", "new-password", "one-time-code", "off", "on", "env", "file", "vault", "keyring", "prompt"],
]);

const MIN_KNOWN_CHARS = 8;
/** Longer digits behind a name are no version. */
const LONGEST_VERSION = 4;
const MIN_RANDOM_BITS = 40;
const JUDGED_CHARS = 64;

/** How often the characters of a text change their kind, and what it is made of. */
interface Mixture {
  readonly digits: number;
  readonly letters: number;
  /** From a digit to a letter or back. */
  readonly turns: number;
  /** From a lower case letter to a capital with no word of three letters before it. */
  readonly capitals: number;
}

function mixtureOf(text: string): Mixture {
  let digits = 0;
  let letters = 0;
  let turns = 0;
  let capitals = 0;
  let lowerRun = 0;
  let before = 0;
  for (let i = 0; i < text.length; i += 1) {
    const kind = classOf(text.charCodeAt(i)) & (DIGIT | UPPER | LOWER);
    if (kind === DIGIT) digits += 1;
    else if (kind !== 0) letters += 1;
    if (before !== 0 && kind !== 0 && (before === DIGIT) !== (kind === DIGIT)) turns += 1;
    if (kind === UPPER && before === LOWER && lowerRun < 3) capitals += 1;
    lowerRun = kind === LOWER ? lowerRun + 1 : 0;
    before = kind;
  }
  return { digits, letters, turns, capitals };
}

/** Shannon's entropy of the characters of a text, in bits for all of it. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / text.length);
  return bits;
}

/**
 * Whether a text looks as if a machine had made it: digits and letters in turn, or capitals where no word begins.
 * Names, versions and words of a language do not. Only the first characters count.
 */
export function looksRandom(text: string): boolean {
  const head = text.slice(0, JUDGED_CHARS);
  const { digits, letters, turns, capitals } = mixtureOf(head);
  const mixed = digits > 0 && letters > 0 && (turns > 1 || digits > LONGEST_VERSION);
  const longHexOrDigits = digits >= 16;
  return (mixed || capitals >= 2 || longHexOrDigits) && entropyBits(head) >= MIN_RANDOM_BITS;
}

/** Whether a text holds digits and letters, as credentials mostly do and words do not. */
export function isMixed(text: string): boolean {
  const { digits, letters } = mixtureOf(text);
  return digits > 0 && letters > 0;
}

/** Whether a value that the deployment was configured with as a secret is to be kept out of everything that leaves it. */
export function isKnownSecret(value: string): boolean {
  const lower = value.toLowerCase();
  return value.length >= MIN_KNOWN_CHARS && !DUMMIES.has(lower) && !SCHEMA_WORDS.has(lower) && !isOneCharacter(value);
}

/** Whether a text that stands where a secret belongs is none: a word of a schema, a reference, a placeholder, code. */
export function isHarmless(value: string): boolean {
  const lower = value.toLowerCase();
  if (SCHEMA_WORDS.has(lower) || DUMMIES.has(lower) || isOneCharacter(value) || lower.includes("redacted")) return true;
  return isReference(value) || isPlaceholder(lower) || isCode(value) || isNameOfField(value);
}

function isOneCharacter(value: string): boolean {
  for (let i = 1; i < value.length; i += 1) if (value[i] !== value[0]) return false;
  return true;
}

/** `$NAME`, `${name}`, `$(command)`, `{{name}}`, `<name>`, `%NAME%`, `!command`, `@file`. */
function isReference(value: string): boolean {
  if (value.startsWith("$")) return value.length > 1 && (classOf(value.charCodeAt(1)) & DIGIT) === 0;
  return value.startsWith("{{") || value.startsWith("<") || value.startsWith("%(") || isNameOfVariable(value);
}

/** A name such as `OPENAI_API_KEY`. */
function isNameOfVariable(value: string): boolean {
  return /^[A-Z][A-Z0-9]{0,31}(?:_[A-Z0-9]{1,31}){1,8}$/.test(value) && !looksRandom(value);
}

function isPlaceholder(lower: string): boolean {
  return ["your-", "your_", "my-api", "my_api", "example-", "example_", "sk-...", "xxxx", "...."].some((beginning) =>
    lower.startsWith(beginning),
  );
}

/** A name with dots, a call or an access by index: `config.password`, `os.environ[`, `getToken(`. */
function isCode(value: string): boolean {
  const name = /^[A-Za-z_$][\w$]{0,63}(?:\.[A-Za-z_$][\w$]{0,63}){0,8}/.exec(value)?.[0] ?? "";
  if (name === "" || looksRandom(name)) return false;
  const next = value.charAt(name.length);
  return next === "(" || next === "[" || (next === "" && name.includes("."));
}

/** The name of a field in camel case, such as `newPassword`. */
function isNameOfField(value: string): boolean {
  return /^[a-z]{1,32}(?:[A-Z][a-z]{1,31}){0,6}(?:Password|Token|Secret|Key|Header)$/.test(value);
}
