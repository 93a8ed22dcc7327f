import { ConfigurationError, type Environment, parseEnvironment } from "@pifleet/environment";
import { REDIS_SECRETS, withSecretFiles } from "@pifleet/environment/secret-files";
import { GraceMs, RedisPrefix, RedisUrl, Retention, wholeNumber } from "@pifleet/environment/variables";
import * as z from "zod";

const HttpUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL, such as http://127.0.0.1:8787" });
const Key = z.string().regex(/^[\x21-\x7e]+$/, "must be one word of printable characters, without spaces or line ends");
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

const ClientEnvironment = z.object({
  PIFLEET_URL: HttpUrl.default("http://127.0.0.1:8787"),
  PIFLEET_API_KEY: Key.optional(),
});

const DevEnvironment = z.object({
  REDIS_URL: RedisUrl,
  HOST: z.string().default("127.0.0.1"),
  PORT: wholeNumber(1, 65_535).default(8787),
  PIFLEET_AUTH: z.string().optional(),
  PIFLEET_BOOTSTRAP_KEY: Key.optional(),
  PIFLEET_GRACE_MS: GraceMs.default(10_000),
});

const OperatorEnvironment = z.object({
  REDIS_URL: RedisUrl,
  PIFLEET_REDIS_PREFIX: RedisPrefix,
  PIFLEET_RETENTION: Retention,
});

/** Where the fleet is and who asks. */
export interface ClientConfig {
  readonly url: string;
  readonly apiKey: string | undefined;
}

/** Where the fleet keeps what operators work on. */
export interface OperatorConfig {
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** How long an invocation is kept after its end, milliseconds. */
  readonly retentionMs: number;
}

/** How `pifleet dev` runs its API and worker. */
export interface DevConfig {
  readonly redisUrl: string;
  /** Where the API can be reached from here. */
  readonly apiUrl: string;
  /** Whether the API asks for a key. */
  readonly auth: boolean;
  /** How long running work may take to finish once the end was asked for, milliseconds. */
  readonly graceMs: number;
  /** The whole environment of the child processes. */
  readonly childEnvironment: NodeJS.ProcessEnv;
}

/** @throws {ConfigurationError} naming the variable */
export function readClientConfig(environment: Environment): ClientConfig {
  const { PIFLEET_URL: url, PIFLEET_API_KEY: apiKey } = parseEnvironment(
    ClientEnvironment,
    withSecretFiles(environment, ["PIFLEET_API_KEY"]),
  );
  return { url, apiKey };
}

/** @throws {ConfigurationError} naming the variable */
export function readOperatorConfig(environment: Environment): OperatorConfig {
  const parsed = parseEnvironment(OperatorEnvironment, withSecretFiles(environment, REDIS_SECRETS));
  const { REDIS_URL: redisUrl, PIFLEET_REDIS_PREFIX: redisPrefix, PIFLEET_RETENTION: retentionMs } = parsed;
  return { redisUrl, redisPrefix, retentionMs };
}

/** @throws {ConfigurationError} naming the variable */
export function readDevConfig(given: Environment): DevConfig {
  const environment = withSecretFiles(given, [...REDIS_SECRETS, "PIFLEET_BOOTSTRAP_KEY"]);
  const parsed = parseEnvironment(DevEnvironment, environment);
  const { REDIS_URL: redisUrl, HOST: host, PORT: port, PIFLEET_GRACE_MS: graceMs } = parsed;
  const auth =
    parsed.PIFLEET_AUTH === undefined ? parsed.PIFLEET_BOOTSTRAP_KEY !== undefined : parsed.PIFLEET_AUTH !== "off";
  if (!auth && !LOOPBACK.test(host)) {
    throw new ConfigurationError("PIFLEET_BOOTSTRAP_KEY must be set when HOST is not a loopback address");
  }
  const childEnvironment = {
    ...environment,
    // A fleet that only this machine can reach may send to this machine.
    ...(LOOPBACK.test(host) && { PIFLEET_WEBHOOK_ALLOW: environment.PIFLEET_WEBHOOK_ALLOW ?? "loopback" }),
    REDIS_URL: redisUrl,
    HOST: host,
    PORT: String(port),
    PIFLEET_GRACE_MS: String(graceMs),
    ...(!auth && { PIFLEET_AUTH: "off" }),
  };
  return { redisUrl, apiUrl: `http://${reachable(host)}:${port}`, auth, graceMs, childEnvironment };
}

/** Whether the user lets programs write colours (https://no-color.org). */
export function wantsColour(environment: Environment): boolean {
  return !environment.NO_COLOR && environment.TERM !== "dumb";
}

/** Whether a terminal here is one that shows what moves, and a person looks at it. */
export function wantsSpinner(environment: Environment): boolean {
  return environment.CI === undefined && environment.TERM !== "dumb";
}

/** The address under which a server that listens on `host` is reached from this machine. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
