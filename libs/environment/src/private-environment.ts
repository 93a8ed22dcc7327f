import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What may be seen of our environment: what Node and the C library need from the start, and nothing else. */
const PUBLIC =
  /^(?:PATH|HOME|USER|LANG|LC_\w+|TERM|TZ|TMPDIR|NO_COLOR|FORCE_COLOR|NODE_(?:OPTIONS|EXTRA_CA_CERTS|COMPILE_CACHE|ENV|PATH)|SSL_CERT_(?:FILE|DIR)|PIFLEET_TEST_RUN)$/;

/** Says that the rest of the environment waits on standard input. */
const HANDED_OVER = "PIFLEET_ENVIRONMENT_ON_STDIN";

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
 * environment is handed over as standard input, in a file without a name, and is in `process.env` again when this
 * returns. Its young generation is a small one then, unless NODE_OPTIONS say otherwise, and SIGUSR1 opens no debugger.
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

function startAnew(): void {
  const { execve } = process;
  const hidden = Object.keys(process.env).some((name) => !PUBLIC.test(name));
  // A process with an IPC channel would lose it.
  if (process.platform !== "linux" || !execve || process.send) return;
  const flags = [...missingFlags()];
  if (!hidden && !flags.includes(NO_DEBUG_SIGNAL)) return;
  handOver();
  const visible = Object.entries(process.env).filter(([name]) => PUBLIC.test(name));
  const command = [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)];
  execve(process.execPath, command, { ...Object.fromEntries(visible), [HANDED_OVER]: "1" });
}

/** The flags of Node that this process should have and does not. */
function* missingFlags(): Generator<string> {
  const given = [...(process.env.NODE_OPTIONS ?? "").split(" "), ...process.execArgv];
  if (!given.some((flag) => CHOOSES_YOUNG_GENERATION.test(flag))) yield YOUNG_GENERATION;
  if (!given.includes(NO_DEBUG_SIGNAL)) yield NO_DEBUG_SIGNAL;
}

/** Puts the environment where standard input was: the lowest free descriptor is the one that is opened next. */
function handOver(): void {
  const path = join(tmpdir(), `.pifleet-${randomUUID()}`);
  writeFileSync(path, JSON.stringify(process.env), { mode: 0o600, flag: "wx" });
  closeSync(0);
  openSync(path, "r");
  unlinkSync(path);
}

function takeOver(): void {
  const environment: Record<string, string> = JSON.parse(readFileSync(0, "utf8"));
  closeSync(0);
  openSync("/dev/null", "r");
  delete process.env[HANDED_OVER];
  Object.assign(process.env, environment);
}
