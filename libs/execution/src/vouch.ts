import { setTimeout } from "node:timers/promises";
import { type InvocationId, type InvocationStore, UnavailableError } from "@pifleet/invocation";

const AGAIN_MS = 1_000;

/**
 * Tells the store, as soon as it can be reached, that this worker lives although it has lost its claim on an attempt.
 * Never rejects. A process that ends meanwhile does not wait for it.
 */
export async function vouch(
  store: Pick<InvocationStore, "vouch">,
  { id, attempt }: { readonly id: InvocationId; readonly attempt: number },
  onFault: (error: unknown) => void,
): Promise<void> {
  for (;;) {
    try {
      return await store.vouch(id, attempt);
    } catch (error) {
      if (!(error instanceof UnavailableError)) return onFault(error);
    }
    await setTimeout(AGAIN_MS, undefined, { ref: false });
  }
}
