import type { ErrorCode, HeldProvider, ProviderBreakers, ProviderSilence } from "@pifleet/invocation";

interface Breaker {
  ids: string[];
  at: number;
  reason: ErrorCode;
  openings: number;
  sinceMs?: number;
  untilMs?: number;
  isProbed: boolean;
}

const FORGOTTEN_MS = 120_000;
const PROBE_MS = 20_000;

/** The breakers, in memory. */
export class MemoryProviderBreakers implements ProviderBreakers {
  readonly #now: () => number;
  readonly #breakers = new Map<string, Breaker>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async silent(name: string, { invocation, code, retryAfterMs = 0 }: ProviderSilence): Promise<void> {
    const now = this.#now();
    const before = this.#breakers.get(name);
    const breaker: Breaker =
      before && now - before.at <= FORGOTTEN_MS
        ? before
        : { ids: [], at: now, reason: code, openings: 0, isProbed: false };
    this.#breakers.set(name, breaker);
    breaker.ids = [...new Set([...breaker.ids, invocation])].slice(-3);
    Object.assign(breaker, { at: now, reason: code });
    if (breaker.isProbed || (breaker.untilMs === undefined && breaker.ids.length >= 2)) {
      breaker.openings += 1;
      breaker.sinceMs ??= now;
      breaker.untilMs = now + Math.min(5_000 * 2 ** (breaker.openings - 1), 60_000);
      breaker.isProbed = false;
    }
    if (breaker.untilMs !== undefined && !breaker.isProbed)
      breaker.untilMs = Math.max(breaker.untilMs, now + Math.min(retryAfterMs, 3_600_000));
  }

  async answered(name: string): Promise<void> {
    this.#breakers.delete(name);
  }

  async held(): Promise<HeldProvider[]> {
    return [...this.#breakers].flatMap(([name, { reason, sinceMs, untilMs }]) => {
      if (sinceMs === undefined || untilMs === undefined || this.#now() - untilMs > FORGOTTEN_MS) return [];
      const [provider = "", account = ""] = name.split("|");
      const [since, until] = [sinceMs, untilMs].map((ms) => new Date(ms).toISOString());
      return [{ provider, account, reason, since: since ?? "", until: until ?? "" }];
    });
  }

  /** Until when an invocation that wants to start is held; `undefined` when it may. One after that is the probe. */
  heldUntil(name: string): number | undefined {
    const breaker = this.#breakers.get(name);
    if (breaker?.untilMs === undefined) return undefined;
    if (this.#now() < breaker.untilMs) return breaker.untilMs;
    breaker.isProbed = true;
    breaker.untilMs = this.#now() + PROBE_MS;
    return undefined;
  }

  isSuspect(name: string): boolean {
    return this.#breakers.has(name);
  }
}
