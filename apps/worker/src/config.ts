import { availableParallelism, totalmem } from "node:os";
import { isAbsolute, resolve, sep } from "node:path";
import { type Environment, knownArguments, parseEnvironment } from "@pifleet/environment";
import {
  ARTIFACT_VARIABLES,
  type ArtifactPlace,
  artifactPlace,
  checkArtifactVariables,
} from "@pifleet/environment/artifact-variables";
import { withSecretFiles } from "@pifleet/environment/secret-files";
import { type UnknownVariable, unknownVariables } from "@pifleet/environment/unknown-variables";
import {
  AddressAllowance,
  absolutePath,
  GraceMs,
  LogLevel,
  NameServers,
  RedisPrefix,
  RedisReplicas,
  RedisUrl,
  RedisWaitMs,
  Retention,
  TenantRunning,
  WatchdogMs,
  wholeNumber,
} from "@pifleet/environment/variables";
import { type ArtifactLimits, Duration, InvocationId } from "@pifleet/invocation";
import type { RunLimits } from "@pifleet/runtime";
import { WebhookSchedule } from "@pifleet/webhooks";
import * as z from "zod";
import { APART, type ApartTask } from "./apart/apart-word.ts";
import { SECRET_VARIABLES } from "./secrets.ts";
import { TRACE_VARIABLES, type TraceConfig, traceConfig, unsupportedVariables } from "./trace-config.ts";

const MB = 1_048_576;
const MOST_RUNNERS = 1_000;

/** Half of the memory that this worker may use, on the machine or in its container, MB; 512 at least. */
const halfOfMemoryMb = () => Math.max(512, Math.floor(Math.min(totalmem(), constrained()) / 2 / MB));

const Variables = z
  .object({
    REDIS_URL: RedisUrl,
    LOG_LEVEL: LogLevel,
    PIFLEET_REDIS_PREFIX: RedisPrefix,
    PIFLEET_REDIS_REPLICAS: RedisReplicas,
    PIFLEET_REDIS_WAIT_MS: RedisWaitMs,
    PIFLEET_WORKER_HOST: z.string().default("127.0.0.1"),
    PIFLEET_WORKER_PORT: wholeNumber(0, 65_535).optional(),
    PIFLEET_CONCURRENCY: wholeNumber(1, MOST_RUNNERS).default(2 * availableParallelism()),
    PIFLEET_WARM: wholeNumber(0, MOST_RUNNERS).optional(),
    PIFLEET_TENANT_RUNNING: TenantRunning,
    PIFLEET_MODELS_FILE: z.string().optional(),
    PIFLEET_LEASE_MS: wholeNumber(1_000, 600_000).default(10_000),
    PIFLEET_GRACE_MS: GraceMs.default(30_000),
    PIFLEET_WATCHDOG_MS: WatchdogMs,
    PIFLEET_PAUSE_LIMIT: Duration.prefault("1h"),
    PIFLEET_RETENTION: Retention,
    PIFLEET_WORKSPACES: absolutePath("pifleet-workspaces"),
    ...ARTIFACT_VARIABLES,
    PIFLEET_ARTIFACT_FILES: wholeNumber(0, 10_000).default(100),
    PIFLEET_ARTIFACT_FILE_MB: wholeNumber(1, 65_536).default(50),
    PIFLEET_ARTIFACT_TOTAL_MB: wholeNumber(1, 1_048_576).default(200),
    PIFLEET_RUNNER_HEAP_MB: wholeNumber(64, 65_536).default(512),
    PIFLEET_RUN_MEMORY_MB: wholeNumber(0, 16_777_216).default(halfOfMemoryMb),
    PIFLEET_RUN_PROCESSES: wholeNumber(0, 1_000_000).default(512),
    PIFLEET_RUN_DISK_MB: wholeNumber(0, 16_777_216).default(10_240),
    PIFLEET_WEBHOOK_ALLOW: AddressAllowance,
    PIFLEET_NAME_SERVERS: NameServers,
    PIFLEET_WEBHOOK_SCHEDULE: WebhookSchedule,
    ...TRACE_VARIABLES,
  })
  .superRefine(checkArtifactVariables)
  .superRefine(({ PIFLEET_WORKSPACES, PIFLEET_ARTIFACTS }, context) => {
    if (!isAbsolute(PIFLEET_ARTIFACTS)) return;
    if (!`${resolve(PIFLEET_ARTIFACTS)}${sep}`.startsWith(`${resolve(PIFLEET_WORKSPACES)}${sep}`)) return;
    const message = "must not lie in PIFLEET_WORKSPACES, where runs could reach it";
    context.addIssue({ code: "custom", path: ["PIFLEET_ARTIFACTS"], message });
  })
  .superRefine(({ PIFLEET_WARM = 0, PIFLEET_CONCURRENCY }, context) => {
    if (PIFLEET_WARM <= PIFLEET_CONCURRENCY) return;
    const message = `must not be more than PIFLEET_CONCURRENCY, which is ${PIFLEET_CONCURRENCY}`;
    context.addIssue({ code: "custom", path: ["PIFLEET_WARM"], message });
  });

/** Everything that the worker is configured by. */
export interface Config {
  /** Variables that look like ours and are not: usually misspelt ones. */
  readonly unknownVariables: readonly UnknownVariable[];
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** How many replicas must have what a client is told of, and how long they are waited for at most. */
  readonly replication?: { readonly replicas: number; readonly waitMs: number };
  readonly logLevel: LogLevel;
  /** How long the event loop may stand still, milliseconds; 0 is for ever. */
  readonly watchdogMs: number;
  /** Where the worker answers for its health; nowhere without. Port 0 is any free one. */
  readonly health?: { readonly host: string; readonly port: number };
  readonly concurrency: number;
  /** How many runners wait for an attempt, started ahead. */
  readonly warm: number;
  /** How many invocations of one tenant may run at once, over all workers; null for any number. */
  readonly tenantRunning: number | null;
  readonly modelsFile: string | undefined;
  readonly leaseMs: number;
  readonly graceMs: number;
  /** How long a run may stay paused, milliseconds. */
  readonly pauseLimitMs: number;
  readonly retentionMs: number;
  readonly workspaces: string;
  /** Where artifacts are kept, and how much of one invocation. */
  readonly artifacts: ArtifactPlace;
  readonly artifactLimits: ArtifactLimits;
  readonly runnerHeapMb: number;
  /** How much one run may take, with all its processes. */
  readonly runLimits: RunLimits;
  readonly traces: TraceConfig;
  /** Which addresses that are not public may be sent to when a client names them. */
  readonly allowedAddresses: AddressAllowance;
  /** Name servers for hosts that clients name; default: those of the machine. */
  readonly nameServers: readonly string[] | undefined;
  /** When the tries of a webhook message are made. */
  readonly webhookSchedule: WebhookSchedule;
  /** The whole environment, with the secrets that stand in files: the keys of the model providers are in it, by their usual names. */
  readonly environment: Environment;
}

/** Reads the files of secrets too. @throws {ConfigurationError} naming the variable that is wrong */
export function readConfig(given: Environment): Config {
  const environment = withSecretFiles(given, SECRET_VARIABLES);
  const variables = parseEnvironment(Variables, environment);
  return {
    unknownVariables: [...unknownVariables(given), ...unsupportedVariables(given)],
    redisUrl: variables.REDIS_URL,
    redisPrefix: variables.PIFLEET_REDIS_PREFIX,
    ...(variables.PIFLEET_REDIS_REPLICAS > 0 && {
      replication: { replicas: variables.PIFLEET_REDIS_REPLICAS, waitMs: variables.PIFLEET_REDIS_WAIT_MS },
    }),
    logLevel: variables.LOG_LEVEL,
    watchdogMs: variables.PIFLEET_WATCHDOG_MS,
    ...(variables.PIFLEET_WORKER_PORT !== undefined && {
      health: { host: variables.PIFLEET_WORKER_HOST, port: variables.PIFLEET_WORKER_PORT },
    }),
    concurrency: variables.PIFLEET_CONCURRENCY,
    warm: variables.PIFLEET_WARM ?? Math.min(variables.PIFLEET_CONCURRENCY, availableParallelism()),
    tenantRunning: variables.PIFLEET_TENANT_RUNNING ?? null,
    modelsFile: variables.PIFLEET_MODELS_FILE && resolve(variables.PIFLEET_MODELS_FILE),
    leaseMs: variables.PIFLEET_LEASE_MS,
    graceMs: variables.PIFLEET_GRACE_MS,
    pauseLimitMs: variables.PIFLEET_PAUSE_LIMIT,
    retentionMs: variables.PIFLEET_RETENTION,
    workspaces: variables.PIFLEET_WORKSPACES,
    artifacts: artifactPlace(variables, variables.PIFLEET_REDIS_PREFIX),
    artifactLimits: {
      files: variables.PIFLEET_ARTIFACT_FILES,
      fileBytes: variables.PIFLEET_ARTIFACT_FILE_MB * MB,
      totalBytes: variables.PIFLEET_ARTIFACT_TOTAL_MB * MB,
    },
    runnerHeapMb: variables.PIFLEET_RUNNER_HEAP_MB,
    runLimits: {
      memoryBytes: limited(variables.PIFLEET_RUN_MEMORY_MB * MB),
      processes: limited(variables.PIFLEET_RUN_PROCESSES),
      diskBytes: limited(variables.PIFLEET_RUN_DISK_MB * MB),
    },
    traces: traceConfig(variables),
    allowedAddresses: variables.PIFLEET_WEBHOOK_ALLOW,
    nameServers: variables.PIFLEET_NAME_SERVERS,
    webhookSchedule: variables.PIFLEET_WEBHOOK_SCHEDULE,
    environment,
  };
}

/** 0 is no limit. */
function limited(amount: number): number | undefined {
  return amount === 0 ? undefined : amount;
}

/** Memory limit of the container, bytes; infinity without one. */
function constrained(): number {
  return process.constrainedMemory() || Number.POSITIVE_INFINITY;
}

const DRAIN_ON_IDLE = "--drain-on-idle";

export interface Arguments {
  readonly drainOnIdle: boolean;
  /** The invocation that this process runs for the worker that started it; undefined for a worker. */
  readonly apart: ApartTask | undefined;
}

/** The arguments of `pifleet worker`. @throws {ConfigurationError} for one that it does not know */
export function readArguments(given: readonly string[]): Arguments {
  const [first = "", ...rest] = given;
  if (first.startsWith(APART) && rest.length === 0) return { drainOnIdle: false, apart: apartTask(first) };
  knownArguments(given, [DRAIN_ON_IDLE]);
  return { drainOnIdle: given.includes(DRAIN_ON_IDLE), apart: undefined };
}

function apartTask(argument: string): ApartTask {
  const [invocation, worker = ""] = argument.slice(APART.length).split(",");
  return { invocation: InvocationId.parse(invocation), worker };
}
