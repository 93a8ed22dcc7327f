import type { Created, Idempotency, Invocation, InvocationId } from "@pifleet/invocation";
import type { KeptInvocations } from "./kept-invocation.ts";

interface UsedKey {
  readonly id: InvocationId;
  readonly fingerprint: string;
}

/** The idempotency keys that were used, each as long as its invocation is kept. */
export class UsedKeys {
  readonly #all: KeptInvocations;
  readonly #used = new Map<string, UsedKey>();

  constructor(all: KeptInvocations) {
    this.#all = all;
  }

  add({ tenant, id }: Invocation, { key, fingerprint }: Idempotency): void {
    this.#used.set(JSON.stringify([tenant, key]), { id, fingerprint });
  }

  /** What a submission under a key that was used before comes to. */
  find(tenant: string, { key, fingerprint }: Idempotency): Created | undefined {
    const used = this.#used.get(JSON.stringify([tenant, key]));
    const kept = used && this.#all.find(used.id);
    if (!kept) return undefined;
    if (used?.fingerprint !== fingerprint) return { kind: "key_conflict" };
    return { kind: "replayed", invocation: this.#all.copy(kept) };
  }
}
