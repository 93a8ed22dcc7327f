import type { Created, Idempotency, Invocation, InvocationId } from "@pifleet/invocation";
import type { KeptInvocations } from "./kept-invocation.ts";

const DAY_MS = 86_400_000;

interface UsedKey {
  readonly id: InvocationId;
  readonly fingerprint: string;
  readonly expiresAt: number;
}

/** The idempotency keys that were used, each for a day, or as long as its invocation is kept. */
export class UsedKeys {
  readonly #all: KeptInvocations;
  readonly #used = new Map<string, UsedKey>();

  constructor(all: KeptInvocations) {
    this.#all = all;
  }

  add({ tenant, id }: Invocation, { key, fingerprint }: Idempotency): void {
    this.#used.set(JSON.stringify([tenant, key]), { id, fingerprint, expiresAt: this.#all.now() + DAY_MS });
  }

  /** What a submission under a key that was used before comes to. */
  find(tenant: string, { key, fingerprint }: Idempotency): Created | undefined {
    const used = this.#used.get(JSON.stringify([tenant, key]));
    const kept = used && used.expiresAt > this.#all.now() ? this.#all.find(used.id) : undefined;
    if (!kept) return undefined;
    if (used?.fingerprint !== fingerprint) return { kind: "key_conflict" };
    return { kind: "replayed", invocation: this.#all.copy(kept) };
  }
}
