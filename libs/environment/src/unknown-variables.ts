import type { Environment } from "./configuration.ts";

/** Every variable of Pi Fleet: those of the API, the workers, the command line, the image and the compose file. */
export const VARIABLES: readonly string[] = [
  "PIFLEET_API_KEY",
  "PIFLEET_ARTIFACTS",
  "PIFLEET_ARTIFACT_FILES",
  "PIFLEET_ARTIFACT_FILE_MB",
  "PIFLEET_ARTIFACT_TOTAL_MB",
  "PIFLEET_AUTH",
  "PIFLEET_BIND",
  "PIFLEET_BOOTSTRAP_KEY",
  "PIFLEET_CONFIG_DIR",
  "PIFLEET_CONCURRENCY",
  "PIFLEET_CORS_ORIGINS",
  "PIFLEET_ENVIRONMENT_ON_STDIN",
  "PIFLEET_GRACE_MS",
  "PIFLEET_HOSTS",
  "PIFLEET_IMAGE",
  "PIFLEET_INIT",
  "PIFLEET_LEASE_MS",
  "PIFLEET_MAX_ATTEMPTS",
  "PIFLEET_MODELS_FILE",
  "PIFLEET_NAME_SERVERS",
  "PIFLEET_OPEN",
  "PIFLEET_OPEN_PER_KEY",
  "PIFLEET_PAUSE_LIMIT",
  "PIFLEET_QUEUED",
  "PIFLEET_RATE_LIMIT",
  "PIFLEET_REDIS_MAXMEMORY",
  "PIFLEET_REDIS_PASSWORD",
  "PIFLEET_REDIS_PREFIX",
  "PIFLEET_REDIS_REPLICAS",
  "PIFLEET_REDIS_WAIT_MS",
  "PIFLEET_RETENTION",
  "PIFLEET_RUN",
  "PIFLEET_RUNNER_HEAP_MB",
  "PIFLEET_RUN_DISK_MB",
  "PIFLEET_RUN_MEMORY_MB",
  "PIFLEET_RUN_PROCESSES",
  "PIFLEET_STOP_GRACE",
  "PIFLEET_TENANT_QUEUED",
  "PIFLEET_TENANT_RUNNING",
  "PIFLEET_TENANT_STORAGE_MB",
  "PIFLEET_TEST_RUN",
  "PIFLEET_TMP_SIZE",
  "PIFLEET_TRACE_BAGGAGE",
  "PIFLEET_TRACE_CONTENT",
  "PIFLEET_URL",
  "PIFLEET_WARM",
  "PIFLEET_WATCHDOG_MS",
  "PIFLEET_WEBHOOK_ALLOW",
  "PIFLEET_WEBHOOK_SCHEDULE",
  "PIFLEET_WORKER_HOST",
  "PIFLEET_WORKER_PORT",
  "PIFLEET_WORKSPACES",
];
const PREFIX = "PIFLEET_";
/** Secrets that may stand in files. */
const IN_FILES: readonly string[] = ["PIFLEET_API_KEY_FILE", "PIFLEET_BOOTSTRAP_KEY_FILE"];
const KNOWN = new Set([...VARIABLES, ...IN_FILES]);
/** A name that differs in more letters is no misspelling. */
const MOST_DIFFERENCES = 3;
/** Longer names are not compared. */
const LONGEST_NAME = 64;

/** A variable that begins like ours and is none. */
export interface UnknownVariable {
  readonly variable: string;
  /** The variable that was probably meant. */
  readonly meant: string | undefined;
}

/** Finds the variables whose names begin with `PIFLEET_` and that nothing reads: usually misspelt ones. */
export function unknownVariables(environment: Environment): UnknownVariable[] {
  const unknown = Object.keys(environment).filter((name) => name.startsWith(PREFIX) && !KNOWN.has(name));
  return unknown.sort().map((variable) => ({ variable, meant: nearest(variable) }));
}

function nearest(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const ranked = Array.from(KNOWN, (known) => ({ known, distance: differences(name, known) }));
  const best = ranked.reduce((one, other) => (other.distance < one.distance ? other : one));
  return best.distance <= MOST_DIFFERENCES ? best.known : undefined;
}

/** How many letters have to be put in, left out or replaced to make one word of another (Levenshtein). */
function differences(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
