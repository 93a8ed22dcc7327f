import type { Claim, InvocationId } from "@pifleet/invocation";

/** Decides what happens to the claim on an invocation that ran apart. */
export type ApartEnd = { readonly kind: "complete" } | { readonly kind: "release"; readonly delayMs: number };

/** An invocation that runs in a worker process of its own, because two workers died while they ran it. */
export interface ApartRun {
  /** Resolves, never rejects, when the process has ended; to null when it has not said what is to become of the claim. */
  readonly ended: Promise<ApartEnd | null>;
  /** Tells the process whether the claim is in doubt, so that its run stands still. */
  setInDoubt(inDoubt: boolean): void;
  /** Asks the process to give the invocation back. Safe to call twice. */
  handBack(): void;
  /** Ends the process at once. Safe to call twice. */
  kill(): void;
}

/** A process that ended without a word is not replaced at once, milliseconds. */
const PAUSE_MS = 1_000;

export interface ApartOptions {
  readonly leaseMs: number;
  readonly start: (id: InvocationId) => ApartRun;
  readonly onFault: (error: unknown) => void;
}

/** Runs a claim in a process of its own, and holds it meanwhile. The process makes the attempt, and writes for it. */
export class ApartClaim {
  readonly #claim: Claim;
  readonly #options: ApartOptions;
  readonly #run: ApartRun;

  constructor(claim: Claim, options: ApartOptions) {
    this.#claim = claim;
    this.#options = options;
    this.#run = options.start(claim.id);
  }

  /** Resolves when the process has ended and the claim is given up. */
  async settle(): Promise<void> {
    const { lost } = this.#claim;
    const onLost = () => this.#run.kill();
    if (lost.aborted) onLost();
    lost.addEventListener("abort", onLost, { once: true });
    const offDoubt = this.#claim.onDoubt((inDoubt) => this.#run.setInDoubt(inDoubt));
    const renewal = setInterval(() => void this.#renew(), this.#options.leaseMs / 4);
    const end = await this.#run.ended;
    clearInterval(renewal);
    offDoubt();
    lost.removeEventListener("abort", onLost);
    if (lost.aborted) return;
    if (end?.kind === "complete") await this.#claim.complete();
    else await this.#claim.release(end?.delayMs ?? PAUSE_MS);
  }

  handBack(): void {
    this.#run.handBack();
  }

  async #renew(): Promise<void> {
    try {
      await this.#claim.renew();
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}
