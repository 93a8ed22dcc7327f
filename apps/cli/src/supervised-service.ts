import { Service, type ServiceOptions } from "./service.ts";

/** How long a service may take beyond the grace period before it is killed, milliseconds. */
const LAST_GRACE_MS = 2_000;
/** A service that ends more often than this within a minute is not started again. */
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;

export interface SupervisedOptions extends ServiceOptions {
  /** Called before the service is started again, with a sentence that says why. */
  readonly onRestart: (reason: string) => void;
}

/**
 * A service that is started again when it ends without having been asked: a tool of an agent can kill the worker that
 * runs it, and the fleet goes on. A service that ends before the fleet was up, or too often, stays down.
 */
export class SupervisedService {
  /** Resolves, never rejects, when the service has ended for good: to the reason, or `undefined` when it was asked to. */
  readonly ended: Promise<string | undefined>;
  readonly #options: SupervisedOptions;
  readonly #restartsAt: number[] = [];
  #current: Service;
  #isUp = false;
  #isStopping = false;

  /** Starts it. */
  constructor(name: "api" | "worker", options: SupervisedOptions) {
    this.#options = options;
    this.#current = new Service(name, options);
    this.ended = this.#supervise();
  }

  /** Call once the fleet is up: from then on the service is started again when it ends. */
  fleetIsUp(): void {
    this.#isUp = true;
  }

  /** Asks it to end; asked again, it ends at once. */
  stop(): void {
    this.#isStopping = true;
    this.#current.stop();
  }

  /** Ends it without asking. */
  kill(): void {
    this.#isStopping = true;
    this.#current.kill();
  }

  async #supervise(): Promise<string | undefined> {
    for (;;) {
      const { name, ended } = this.#current;
      const how = await ended;
      if (this.#isStopping) return undefined;
      if (!this.#mayRestart()) return `The ${name} has ended: ${how}.`;
      this.#options.onRestart(`The ${name} ended (${how}). Starting it again.`);
      this.#current = new Service(name, this.#options);
    }
  }

  #mayRestart(): boolean {
    if (!this.#isUp) return false;
    const now = performance.now();
    while (this.#restartsAt[0] !== undefined && this.#restartsAt[0] < now - RESTART_WINDOW_MS) this.#restartsAt.shift();
    if (this.#restartsAt.length >= MAX_RESTARTS) return false;
    this.#restartsAt.push(now);
    return true;
  }
}

/**
 * Ends services and resolves when all have ended: what they do may take `graceMs`, or no longer once `insisted`
 * is aborted.
 */
export async function stopAll(
  services: readonly SupervisedService[],
  graceMs: number,
  insisted: AbortSignal,
): Promise<void> {
  const stop = () => {
    for (const service of services) service.stop();
  };
  const kill = () => {
    for (const service of services) service.kill();
  };
  let deadline = setTimeout(kill, graceMs + LAST_GRACE_MS);
  const hurry = () => {
    stop();
    clearTimeout(deadline);
    deadline = setTimeout(kill, LAST_GRACE_MS);
  };
  insisted.addEventListener("abort", hurry, { once: true });
  stop();
  await Promise.all(services.map((service) => service.ended));
  clearTimeout(deadline);
}
