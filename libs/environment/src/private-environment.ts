import { randomUUID } from "node:crypto";
import { closeSync, ftruncateSync, openSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./configuration.ts";

/** The only variables that stay visible in /proc: those that Node and the C library need from the start. */
const PUBLIC =
  /^(?:PATH|HOME|USER|LANG|LC_\w+|TERM|TZ|TMPDIR|NO_COLOR|FORCE_COLOR|NODE_(?:OPTIONS|EXTRA_CA_CERTS|COMPILE_CACHE|ENV|PATH)|SSL_CERT_(?:FILE|DIR)|PIFLEET_TEST_RUN)$/;

/** Says that the rest of the environment waits on standard input. `infra/bootstrap/private-environment.mjs` says it too. */
const HANDED_OVER = "PIFLEET_ENVIRONMENT_ON_STDIN";

/** Names a program such as tini, which is to be the parent of a service: the first process of a container. */
const INIT = "PIFLEET_INIT";

/**
 * A service keeps little of what it makes. With V8's own choice, four times as much, it takes 40 MB more and the same CPU
 * (`docs/performance.md`); and what a worker takes, each start of a runner has to copy the page tables of.
 */
const YOUNG_GENERATION = "--max-semi-space-size=4";
const CHOOSES_YOUNG_GENERATION = /^--(?:max|min)-semi-space-size/;

/** Without it SIGUSR1, which every process of the same user can send, opens Node's debugger on loopback. */
const NO_DEBUG_SIGNAL = "--disable-sigusr1";

/**
 * Takes the secrets of the environment out of sight of other processes of the same user, such as the tools of an
 * agent: on Linux they could read them in `/proc/<pid>/environ`, which shows the environment that a process was
 * started with and which a process cannot change.
 *
 * So the process starts itself anew, in place (`execve`; same pid, about 25 ms), with the public part only. The whole
 * environment is handed over as standard input, in a file without a name that is emptied when it was read, and is in
 * `process.env` again when this returns. Its young generation is a small one then, unless NODE_OPTIONS say otherwise,
 * and SIGUSR1 opens no debugger. When the environment names a program in PIFLEET_INIT, that program takes the place of
 * this process, and starts it anew as its child.
 *
 * To be called before anything else is done, by programs that do not read standard input. Where `execve` is missing
 * (Windows, Node before 22.15) it does nothing but ignore SIGUSR1.
 */
export function adoptPrivateEnvironment(): void {
  if (process.env[HANDED_OVER]) {
    takeOver();
    return;
  }
  process.on("SIGUSR1", () => undefined);
  startAnew();
}

/**
 * Starts a child process whose environment cannot be seen from outside. The child must call `adoptPrivateEnvironment`.
 * @param start starts it with this environment, standard input and flags of Node
 */
export function startPrivately<Child>(
  environment: Environment,
  start: (env: NodeJS.ProcessEnv, stdin: number | "ignore", flags: readonly string[]) => Child,
): Child {
  const flags = missingFlags(environment.NODE_OPTIONS, []);
  if (process.platform !== "linux") return start(environment, "ignore", flags);
  const descriptor = write(environment, () => undefined);
  try {
    return start(visiblePart(environment), descriptor, flags);
  } finally {
    closeSync(descriptor);
  }
}

function startAnew(): void {
  const { execve, execArgv, execPath, env, argv } = process;
  // A process with an IPC channel would lose it.
  if (process.platform !== "linux" || !execve || process.send) return;
  const hidden = Object.keys(env).some((name) => !PUBLIC.test(name));
  const flags = missingFlags(env.NODE_OPTIONS, execArgv);
  if (!hidden && !flags.includes(NO_DEBUG_SIGNAL)) return;
  const { [INIT]: init, ...environment } = env;
  // The lowest free descriptor is the one that is opened next.
  write(environment, () => closeSync(0));
  const command = [execPath, ...flags, ...execArgv, ...argv.slice(1)];
  if (init) execve(init, [init, "--", ...command], visiblePart(environment));
  else execve(execPath, command, visiblePart(environment));
}

/** The flags of Node that a service should have and was not given. */
function missingFlags(nodeOptions: string | undefined, given: readonly string[]): string[] {
  const all = [...(nodeOptions ?? "").split(" "), ...given];
  return [
    ...(all.some((flag) => CHOOSES_YOUNG_GENERATION.test(flag)) ? [] : [YOUNG_GENERATION]),
    ...(all.includes(NO_DEBUG_SIGNAL) ? [] : [NO_DEBUG_SIGNAL]),
  ];
}

function visiblePart(environment: Environment): NodeJS.ProcessEnv {
  const visible = Object.entries(environment).filter(([name]) => PUBLIC.test(name));
  return { ...Object.fromEntries(visible), [HANDED_OVER]: "1" };
}

/** Writes an environment to a file without a name; returns the descriptor that it is read from. */
function write(environment: Environment, beforeOpen: () => void): number {
  const path = join(tmpdir(), `.pifleet-${randomUUID()}`);
  writeFileSync(path, JSON.stringify(environment), { mode: 0o600, flag: "wx" });
  try {
    beforeOpen();
    return openSync(path, "r+");
  } finally {
    unlinkSync(path);
  }
}

function takeOver(): void {
  const environment: Record<string, string> = JSON.parse(readFileSync(0, "utf8"));
  // A parent may hold the file for as long as it lives.
  ftruncateSync(0);
  closeSync(0);
  openSync("/dev/null", "r");
  delete process.env[HANDED_OVER];
  Object.assign(process.env, environment);
}
