import type { RunnerExit, RunnerProgram } from "@pifleet/invocation";

/** What ends a process that has failed by itself; other signals come from somebody else. */
const FAILURES: readonly (string | null)[] = ["SIGABRT", "SIGBUS", "SIGILL", "SIGSEGV", "SIGTRAP"];

/** How a program that was given up has ended, and which one is used from then on. */
export interface Fallback {
  readonly from: string;
  readonly to: string;
  readonly exit: RunnerExit;
}

/**
 * Which of several programs runners are started with: the first, until one of its runners cannot get ready, such as
 * out of a snapshot that another Node has made. Then it is the next, for good: what fails once on a machine fails again.
 */
export class ProgramChoice {
  readonly #programs: readonly RunnerProgram[];
  readonly #onFallback: (fallback: Fallback) => void;
  #chosen = 0;

  /** @param programs the best first, at least one */
  constructor(programs: readonly RunnerProgram[], onFallback: (fallback: Fallback) => void) {
    if (programs.length === 0) throw new Error("Runners are started with one program at least");
    this.#programs = programs;
    this.#onFallback = onFallback;
  }

  get current(): RunnerProgram {
    // There is always one that is chosen.
    return this.#programs[this.#chosen] as RunnerProgram;
  }

  /** Takes note that a runner has ended before it was ready. Returns whether it is worth trying another program. */
  failed(program: RunnerProgram, exit: RunnerExit | undefined): boolean {
    if (!exit || (exit.code === null && !FAILURES.includes(exit.signal))) return false;
    if (program !== this.current) return true;
    const next = this.#programs[this.#chosen + 1];
    if (!next) return false;
    this.#chosen += 1;
    this.#onFallback({ from: program.name, to: next.name, exit });
    return true;
  }
}
