import type { RunnerExit, RunnerProgram } from "@pifleet/invocation";

/** Signals that end a process that failed by itself; others are sent by another process. */
const FAILURES: readonly (string | null)[] = ["SIGABRT", "SIGBUS", "SIGILL", "SIGSEGV", "SIGTRAP"];

/** How long a program is left alone that does not work here, milliseconds. */
const REST_MS = 600_000;

/** How a runner of a program has ended before it was ready, and which program was used in its place. */
export interface Fallback {
  readonly from: string;
  readonly to: string;
  readonly exit: RunnerExit;
  /** How long runners are not started with the first one, milliseconds; 0: this one only. */
  readonly forMs: number;
}

export interface ProgramChoiceOptions {
  /** The best first, at least one. */
  readonly programs: readonly RunnerProgram[];
  readonly onFallback: (fallback: Fallback) => void;
  /** The time, milliseconds. */
  readonly now?: () => number;
}

/**
 * Which of several programs runners are started with: the first. When a runner of it cannot get ready, such as out of a
 * snapshot that another Node has made, that start goes on with the next program. What fails before a tool has run here
 * fails by itself, and is not tried again for ten minutes. Later a tool of the same user can crash a runner while it
 * starts: no such failure is remembered, so that no tool decides what later runners are started with.
 */
export class ProgramChoice {
  readonly #programs: readonly RunnerProgram[];
  readonly #onFallback: (fallback: Fallback) => void;
  readonly #now: () => number;
  /** Until when programs are left alone, by name. */
  readonly #resting = new Map<string, number>();
  #toolsHaveRun = false;

  constructor({ programs, onFallback, now = () => performance.now() }: ProgramChoiceOptions) {
    if (programs.length === 0) throw new Error("Runners are started with one program at least");
    this.#programs = programs;
    this.#onFallback = onFallback;
    this.#now = now;
  }

  /** The program of the next start. */
  get current(): RunnerProgram {
    const now = this.#now();
    const rested = this.#programs.find(({ name }) => (this.#resting.get(name) ?? 0) <= now);
    // There is always a last one.
    return rested ?? (this.#programs.at(-1) as RunnerProgram);
  }

  /** From now on tools may have a hand in failures. */
  distrustFailures(): void {
    this.#toolsHaveRun = true;
  }

  /** The program to go on with after a runner has ended before it was ready; `undefined` when there is none. */
  afterFailure(program: RunnerProgram, exit: RunnerExit | undefined): RunnerProgram | undefined {
    if (!exit || (exit.code === null && !FAILURES.includes(exit.signal))) return undefined;
    const next = this.next(program);
    if (!next) return undefined;
    const isKnown = program !== this.current;
    const forMs = this.#toolsHaveRun ? 0 : REST_MS;
    if (forMs > 0) this.#resting.set(program.name, this.#now() + forMs);
    if (!isKnown) this.#onFallback({ from: program.name, to: next.name, exit, forMs });
    return next;
  }

  /** The program behind this one; `undefined` behind the last one. */
  next(program: RunnerProgram): RunnerProgram | undefined {
    return this.#programs[this.#programs.indexOf(program) + 1];
  }
}
