import { availableParallelism, tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { type Environment, knownArguments, parseEnvironment } from "@pifleet/environment";
import { GraceMs, LogLevel, RedisPrefix, RedisUrl, Retention, wholeNumber } from "@pifleet/environment/variables";
import * as z from "zod";

const Url = z.url({ protocol: /^https?$/, error: "must be a URL that begins with http:// or https://" });

const Variables = z.object({
  REDIS_URL: RedisUrl,
  LOG_LEVEL: LogLevel,
  PIFLEET_REDIS_PREFIX: RedisPrefix,
  PIFLEET_CONCURRENCY: wholeNumber(1, 1_000).default(2 * availableParallelism()),
  PIFLEET_MODELS_FILE: z.string().optional(),
  PIFLEET_LEASE_MS: wholeNumber(1_000, 600_000).default(10_000),
  PIFLEET_GRACE_MS: GraceMs.default(30_000),
  PIFLEET_RETENTION: Retention,
  PIFLEET_WORKSPACES: z
    .string()
    .refine(isAbsolute, "must be an absolute path")
    .default(join(tmpdir(), "pifleet-workspaces")),
  PIFLEET_RUNNER_HEAP_MB: wholeNumber(64, 65_536).default(512),
  OTEL_SDK_DISABLED: z.enum(["true", "false"], "must be true or false").default("false"),
  OTEL_SERVICE_NAME: z.string().default("pi-fleet"),
  OTEL_EXPORTER_OTLP_ENDPOINT: Url.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: Url.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().transform(parseHeaders).optional(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: z.string().transform(parseHeaders).optional(),
});

/** Everything that the worker is configured by. */
export interface Config {
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly logLevel: LogLevel;
  readonly concurrency: number;
  readonly modelsFile: string | undefined;
  readonly leaseMs: number;
  readonly graceMs: number;
  readonly retentionMs: number;
  readonly workspaces: string;
  readonly runnerHeapMb: number;
  /** The deployment's collector; absent when traces are not exported. */
  readonly traces: { readonly endpoint: string; readonly headers: Record<string, string> } | undefined;
  readonly serviceName: string;
  /** The whole environment: the keys of the model providers are in it, by their usual names. */
  readonly environment: Environment;
}

/** @throws {ConfigurationError} naming the variable that is wrong */
export function readConfig(environment: Environment): Config {
  const variables = parseEnvironment(Variables, environment);
  return {
    redisUrl: variables.REDIS_URL,
    redisPrefix: variables.PIFLEET_REDIS_PREFIX,
    logLevel: variables.LOG_LEVEL,
    concurrency: variables.PIFLEET_CONCURRENCY,
    modelsFile: variables.PIFLEET_MODELS_FILE && resolve(variables.PIFLEET_MODELS_FILE),
    leaseMs: variables.PIFLEET_LEASE_MS,
    graceMs: variables.PIFLEET_GRACE_MS,
    retentionMs: variables.PIFLEET_RETENTION,
    workspaces: variables.PIFLEET_WORKSPACES,
    runnerHeapMb: variables.PIFLEET_RUNNER_HEAP_MB,
    traces: traceDestination(variables),
    serviceName: variables.OTEL_SERVICE_NAME,
    environment,
  };
}

const DRAIN_ON_IDLE = "--drain-on-idle";

/** The arguments of `pifleet worker`. @throws {ConfigurationError} for one that it does not know */
export function readArguments(given: readonly string[]): { drainOnIdle: boolean } {
  knownArguments(given, [DRAIN_ON_IDLE]);
  return { drainOnIdle: given.includes(DRAIN_ON_IDLE) };
}

/**
 * The traces endpoint is used as it is; the general one is a base to which the signal's path is added
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp).
 */
function traceDestination(variables: z.infer<typeof Variables>): Config["traces"] {
  const base = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  const endpoint = variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base.replace(/\/+$/, "")}/v1/traces`);
  if (variables.OTEL_SDK_DISABLED === "true" || !endpoint) return undefined;
  const headers = { ...variables.OTEL_EXPORTER_OTLP_HEADERS, ...variables.OTEL_EXPORTER_OTLP_TRACES_HEADERS };
  return { endpoint, headers };
}

/** `name=value` pairs between commas, percent-encoded, as OpenTelemetry has them. */
function parseHeaders(text: string, context: z.RefinementCtx): Record<string, string> {
  const pairs = text
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "");
  if (pairs.some((pair) => pair.indexOf("=") < 1)) {
    context.addIssue({ code: "custom", message: "must be name=value pairs, separated by commas" });
    return z.NEVER;
  }
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())];
    }),
  );
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // Not percent-encoded after all: many people write the credential as it is.
    return value;
  }
}
