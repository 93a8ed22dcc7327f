import { availableParallelism, tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { type Environment, knownArguments, parseEnvironment } from "@pifleet/environment";
import {
  AddressAllowance,
  GraceMs,
  LogLevel,
  RedisPrefix,
  RedisUrl,
  Retention,
  wholeNumber,
} from "@pifleet/environment/variables";
import { WebhookSchedule } from "@pifleet/webhooks";
import * as z from "zod";
import { TRACE_VARIABLES, type TraceConfig, traceConfig } from "./trace-config.ts";

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
  PIFLEET_WEBHOOK_ALLOW: AddressAllowance,
  PIFLEET_WEBHOOK_SCHEDULE: WebhookSchedule,
  ...TRACE_VARIABLES,
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
  readonly traces: TraceConfig;
  /** Which addresses that are not public may be sent to when a client names them. */
  readonly allowedAddresses: AddressAllowance;
  /** When the tries of a webhook message are made. */
  readonly webhookSchedule: WebhookSchedule;
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
    traces: traceConfig(variables),
    allowedAddresses: variables.PIFLEET_WEBHOOK_ALLOW,
    webhookSchedule: variables.PIFLEET_WEBHOOK_SCHEDULE,
    environment,
  };
}

const DRAIN_ON_IDLE = "--drain-on-idle";

/** The arguments of `pifleet worker`. @throws {ConfigurationError} for one that it does not know */
export function readArguments(given: readonly string[]): { drainOnIdle: boolean } {
  knownArguments(given, [DRAIN_ON_IDLE]);
  return { drainOnIdle: given.includes(DRAIN_ON_IDLE) };
}
