import { readFileSync, statSync } from "node:fs";
import { ConfigurationError, type Environment } from "./configuration.ts";

const SUFFIX = "_FILE";
const MOST_BYTES = 65_536;

/** The secrets that a deployment reaches its Redis, its bucket and its collector with. */
export const REDIS_SECRETS: readonly string[] = ["REDIS_URL"];
export const BUCKET_SECRETS: readonly string[] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/**
 * The environment with the secrets that stand in files: for each of `names`, `<name>_FILE` names a file whose content,
 * without white space around it, is the value. A file keeps a secret out of the environment of whatever starts us.
 * @throws {ConfigurationError} naming the variable, when its file cannot be read or is empty, or both are set
 */
export function withSecretFiles(environment: Environment, names: Iterable<string>): Environment {
  const found: Record<string, string | undefined> = { ...environment };
  for (const name of names) {
    const variable = `${name}${SUFFIX}`;
    const path = environment[variable]?.trim();
    if (!path) continue;
    if (environment[name]?.trim()) throw new ConfigurationError(`${variable} must not be set together with ${name}`);
    found[name] = readSecret(variable, path);
    // So that a child process that gets this environment does not see both.
    delete found[variable];
  }
  return found;
}

function readSecret(variable: string, path: string): string {
  const secret = readShort(variable, path).trim();
  if (secret === "")
    throw new ConfigurationError(`${variable} names ${path}, which is empty; write the secret into it`);
  return secret;
}

function readShort(variable: string, path: string): string {
  try {
    const { size } = statSync(path);
    if (size <= MOST_BYTES) return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new ConfigurationError(
      `${variable} names ${path}, which cannot be read (${reason}); it must be a file that this user may read`,
      { cause: error },
    );
  }
  throw new ConfigurationError(
    `${variable} names ${path}, which is too large for a secret (${MOST_BYTES} bytes at most)`,
  );
}
