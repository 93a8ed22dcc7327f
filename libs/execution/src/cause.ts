import type { HarnessFailure, HarnessResult, LaunchError, RunnerExit } from "@pifleet/invocation";

/** Everything that can end an attempt. */
export type Cause =
  /** The agent came to its end; `exit` is null when its process did not follow in time. */
  | { readonly kind: "finished"; readonly result: HarnessResult; readonly exit: RunnerExit | null }
  /** The runner's process ended before the agent did. */
  | { readonly kind: "exited"; readonly exit: RunnerExit }
  | { readonly kind: "not_launched"; readonly error: LaunchError }
  /** The attempt cannot be made as it was asked for, such as for an unknown model. */
  | { readonly kind: "refused"; readonly failure: HarnessFailure }
  | { readonly kind: "deadline"; readonly deadline: Deadline; readonly limitMs: number }
  /** The runner lives but shows no sign of it: blocked, or stopped from outside. */
  | { readonly kind: "unresponsive"; readonly silentMs: number }
  | { readonly kind: "over_budget"; readonly message: string }
  /** The event log has refused what the attempt reported, for good. */
  | { readonly kind: "unlogged"; readonly error: unknown }
  /** A report of the runner could not be handled: a bug of ours. */
  | { readonly kind: "unreadable"; readonly error: unknown }
  | { readonly kind: "cancelled" }
  /** The worker drains and gives the invocation back. */
  | { readonly kind: "handed_back" }
  /** The claim is lost: another attempt may run already. Nothing may be written any more. */
  | { readonly kind: "lost" };

export type Deadline = "first_byte" | "idle" | "total" | "paused";

/** The end of an attempt. The first cause wins; later ones change nothing. */
export class Ending {
  /** Resolves with the first cause; never rejects. */
  readonly reached: Promise<Cause>;
  #resolve: (cause: Cause) => void = () => undefined;
  #cause: Cause | undefined;
  #atMs = Number.POSITIVE_INFINITY;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** The first cause, if there is one yet. */
  get cause(): Cause | undefined {
    return this.#cause;
  }

  /** When it was reached, Unix milliseconds; infinity before. */
  get atMs(): number {
    return this.#atMs;
  }

  end(cause: Cause): void {
    if (this.#cause) return;
    this.#cause = cause;
    this.#atMs = Date.now();
    this.#resolve(cause);
  }
}
