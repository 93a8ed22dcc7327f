import { type Environment, parseEnvironment } from "@pifleet/environment";
import {
  ARTIFACT_VARIABLES,
  type ArtifactPlace,
  artifactPlace,
  checkArtifactVariables,
} from "@pifleet/environment/artifact-variables";
import { BUCKET_SECRETS, REDIS_SECRETS, withSecretFiles } from "@pifleet/environment/secret-files";
import { type UnknownVariable, unknownVariables } from "@pifleet/environment/unknown-variables";
import {
  AddressAllowance,
  LogLevel,
  RedisPrefix,
  RedisReplicas,
  RedisUrl,
  RedisWaitMs,
  Retention,
  TenantRunning,
  WatchdogMs,
  wholeNumber,
} from "@pifleet/environment/variables";
import { type AdmissionLimits, MAX_ATTEMPTS, type Rate } from "@pifleet/invocation";
import * as z from "zod";
import { isLoopback } from "./loopback.ts";
import type { OpenLimits } from "./open-requests.ts";

/** The variables whose values may stand in files that `<name>_FILE` names. */
const SECRET_VARIABLES = [...REDIS_SECRETS, ...BUCKET_SECRETS, "PIFLEET_BOOTSTRAP_KEY"];

const BootstrapKey = z
  .string()
  .min(16, "must have at least 16 characters")
  .regex(/^[\x21-\x7e]+$/, "must hold printable ASCII characters only, and no space");

/** https://www.w3.org/TR/baggage/#key */
const BaggageKey = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~\w]{1,256}$/, "must be keys of baggage with commas between them");

const BaggageKeys = z
  .string()
  .transform((text) => text.split(",").map((key) => key.trim()))
  .pipe(z.array(BaggageKey))
  .transform((keys): ReadonlySet<string> => new Set(keys));

const Origin = z
  .string()
  .refine((text) => text === "*" || originOf(text) === text, "must be origins such as https://app.example.com, or *");

const Origins = z
  .string()
  .transform((text) => text.split(",").map((origin) => origin.trim()))
  .pipe(z.array(Origin))
  .transform((origins): ReadonlySet<string> => new Set(origins));

/** Requests a second; a burst may bring twice as many at once. 0 is no limit. */
const RateLimit = wholeNumber(0, 1_000_000)
  .default(50)
  .transform((perSecond): Rate | null => (perSecond === 0 ? null : { perSecond, burst: 2 * perSecond }));

const Hosts = z
  .string()
  .transform((text) => text.split(",").map((host) => host.trim().toLowerCase()))
  .pipe(
    z.array(
      z.string().regex(/^[a-z0-9.-]+$/, "must be names of hosts such as fleet.internal, with commas between them"),
    ),
  )
  .transform((hosts): ReadonlySet<string> => new Set(hosts));

/** Maximum that one tenant's invocations may hold in Redis. 0 is no limit. Parses to bytes. */
const TenantStorage = wholeNumber(0, 1_048_576)
  .default(512)
  .transform((megabytes) => (megabytes === 0 ? null : megabytes * 1_048_576));

const Variables = z
  .object({
    REDIS_URL: RedisUrl,
    HOST: z.string().default("127.0.0.1"),
    PORT: wholeNumber(0, 65_535).default(8787),
    LOG_LEVEL: LogLevel,
    PIFLEET_BOOTSTRAP_KEY: BootstrapKey.optional(),
    PIFLEET_AUTH: z.enum(["on", "off"], { error: "must be on or off" }).default("on"),
    PIFLEET_HOSTS: Hosts.default(new Set()),
    PIFLEET_OPEN_PER_KEY: wholeNumber(1, 1_000_000).default(1_000),
    PIFLEET_OPEN: wholeNumber(1, 1_000_000).default(10_000),
    PIFLEET_CORS_ORIGINS: Origins.default(new Set()),
    PIFLEET_RATE_LIMIT: RateLimit,
    PIFLEET_TENANT_QUEUED: wholeNumber(1, 10_000_000).default(2_000),
    PIFLEET_QUEUED: wholeNumber(1, 10_000_000).default(100_000),
    PIFLEET_TENANT_RUNNING: TenantRunning,
    PIFLEET_TENANT_STORAGE_MB: TenantStorage,
    PIFLEET_MAX_ATTEMPTS: wholeNumber(1, MAX_ATTEMPTS).default(MAX_ATTEMPTS),
    PIFLEET_RETENTION: Retention,
    PIFLEET_WATCHDOG_MS: WatchdogMs,
    PIFLEET_REDIS_PREFIX: RedisPrefix,
    PIFLEET_REDIS_REPLICAS: RedisReplicas,
    PIFLEET_REDIS_WAIT_MS: RedisWaitMs,
    ...ARTIFACT_VARIABLES,
    PIFLEET_TRACE_BAGGAGE: BaggageKeys.default(new Set()),
    PIFLEET_WEBHOOK_ALLOW: AddressAllowance,
  })
  .superRefine(checkArtifactVariables)
  .superRefine((variables, context) => {
    const { HOST, PIFLEET_AUTH, PIFLEET_BOOTSTRAP_KEY } = variables;
    if (PIFLEET_AUTH === "off" && !isLoopback(HOST)) {
      const message = "must be on unless HOST is a loopback address such as 127.0.0.1";
      context.addIssue({ code: "custom", path: ["PIFLEET_AUTH"], message });
    }
    if (PIFLEET_AUTH === "on" && PIFLEET_BOOTSTRAP_KEY === undefined) {
      const message = "must be set to a key of at least 16 characters (or, on loopback, set PIFLEET_AUTH=off)";
      context.addIssue({ code: "custom", path: ["PIFLEET_BOOTSTRAP_KEY"], message });
    }
  });

/** How this process is to run. */
export interface Config {
  /** Variables that look like ours and are not: usually misspelt ones. */
  readonly unknownVariables: readonly UnknownVariable[];
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** How many replicas must have what a client is told of, and how long they are waited for at most. */
  readonly replication?: { readonly replicas: number; readonly waitMs: number };
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  readonly logLevel: LogLevel;
  /** How long the event loop may stand still, milliseconds; 0 is for ever. */
  readonly watchdogMs: number;
  /** The bearer key that every request needs; `null` when authentication is off. */
  readonly bootstrapKey: string | null;
  /** The names to which the API answers without authentication, beside loopback ones. */
  readonly hosts: ReadonlySet<string>;
  /** How many event streams, and how many held-back answers, may be open at once. */
  readonly openLimits: OpenLimits;
  /** The origins whose pages may call from a browser; `*` is every one. */
  readonly origins: ReadonlySet<string>;
  /** How many requests each stored key may make; `null` for any number. */
  readonly rate: Rate | null;
  /** How many invocations may wait and run. */
  readonly limits: AdmissionLimits;
  /** How many attempts an invocation may ask for. */
  readonly maxAttempts: number;
  /** How long an invocation is kept after its end. */
  readonly retentionMs: number;
  /** Where the workers keep artifacts. */
  readonly artifacts: ArtifactPlace;
  /** The keys of the callers' baggage that travel with their invocations. */
  readonly traceBaggage: ReadonlySet<string>;
  /** The addresses beyond the public ones that clients may have something sent to. */
  readonly allowedAddresses: AddressAllowance;
}

/** @throws {ConfigurationError} naming the variable that is wrong; it never repeats a value, for some are secrets */
export function readConfig(environment: Environment): Config {
  const variables = parseEnvironment(Variables, withSecretFiles(environment, SECRET_VARIABLES));
  return {
    unknownVariables: unknownVariables(environment),
    redisUrl: variables.REDIS_URL,
    redisPrefix: variables.PIFLEET_REDIS_PREFIX,
    ...(variables.PIFLEET_REDIS_REPLICAS > 0 && {
      replication: { replicas: variables.PIFLEET_REDIS_REPLICAS, waitMs: variables.PIFLEET_REDIS_WAIT_MS },
    }),
    host: variables.HOST,
    port: variables.PORT,
    logLevel: variables.LOG_LEVEL,
    watchdogMs: variables.PIFLEET_WATCHDOG_MS,
    bootstrapKey: variables.PIFLEET_AUTH === "on" ? (variables.PIFLEET_BOOTSTRAP_KEY ?? null) : null,
    hosts: variables.PIFLEET_HOSTS,
    openLimits: { perKey: variables.PIFLEET_OPEN_PER_KEY, all: variables.PIFLEET_OPEN },
    origins: variables.PIFLEET_CORS_ORIGINS,
    rate: variables.PIFLEET_RATE_LIMIT,
    limits: {
      tenantQueued: variables.PIFLEET_TENANT_QUEUED,
      queued: variables.PIFLEET_QUEUED,
      tenantRunning: variables.PIFLEET_TENANT_RUNNING ?? null,
      tenantBytes: variables.PIFLEET_TENANT_STORAGE_MB,
    },
    maxAttempts: variables.PIFLEET_MAX_ATTEMPTS,
    retentionMs: variables.PIFLEET_RETENTION,
    artifacts: artifactPlace(variables, variables.PIFLEET_REDIS_PREFIX),
    traceBaggage: variables.PIFLEET_TRACE_BAGGAGE,
    allowedAddresses: variables.PIFLEET_WEBHOOK_ALLOW,
  };
}

/** The origin of a URL of the web, as browsers write it. */
function originOf(text: string): string | undefined {
  const url = URL.parse(text);
  return url?.protocol === "https:" || url?.protocol === "http:" ? url.origin : undefined;
}
