import * as z from "zod";
import { ErrorCode } from "../error-code.ts";
import type { InvocationId } from "../id.ts";

const Time = z.iso.datetime({ precision: 3 });

/** A provider whose invocations are held, because it does not answer. */
export const HeldProvider = z.object({
  provider: z.string(),
  account: z.string().describe("A digest of the key that the workers have for it"),
  reason: ErrorCode.describe("How it failed last"),
  since: Time,
  until: Time.describe("When the next invocation is let through to find out whether it answers again"),
});
export type HeldProvider = z.infer<typeof HeldProvider>;

/** An attempt that a provider has left without an answer. */
export interface ProviderSilence {
  readonly invocation: InvocationId;
  readonly code: ErrorCode;
  /** What the provider asked to wait, milliseconds. */
  readonly retryAfterMs?: number;
}

/** The account by which each provider is reached, by the provider: a digest of its key. */
export type ProviderAccounts = Readonly<Record<string, string>>;

/**
 * The port to the breakers, one for each provider and account. When a provider has left two invocations in a row without
 * an answer, the store starts no others of it for a while (`InvocationStore.start`): 5 s, then 10 s and so on up to a
 * minute, or as long as the provider asks for, an hour at most. After each while one is let through. An answer ends it.
 */
export interface ProviderBreakers {
  /** @param name see `breakerName` */
  silent(name: string, silence: ProviderSilence): Promise<void>;
  /** The provider has answered. */
  answered(name: string): Promise<void>;
  /** The providers whose invocations are held now. */
  held(): Promise<HeldProvider[]>;
}

/** The name of the breaker of a model's provider; `undefined` for a provider without an account, which is never held. */
export function breakerName(model: string, accounts: ProviderAccounts): string | undefined {
  const provider = model.slice(0, Math.max(0, model.indexOf("/")));
  return Object.hasOwn(accounts, provider) ? `${provider}|${accounts[provider]}` : undefined;
}
