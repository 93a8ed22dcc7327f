import { createHash } from "node:crypto";
import type { ModelCatalog, ProviderAccounts } from "@pifleet/invocation";
import { DEMO_PROVIDER, type ModelAccessRequest, modelAccess } from "./model-access.ts";

const DIGEST_CHARS = 8;

/** The accounts by which a worker reaches the providers of its catalog: a digest of each key, and of where it is sent. */
export function providerAccounts({ models }: ModelCatalog, reach: Omit<ModelAccessRequest, "model">): ProviderAccounts {
  const accounts: Record<string, string> = {};
  for (const { id, provider } of models) {
    if (provider === DEMO_PROVIDER || Object.hasOwn(accounts, provider)) continue;
    const access = modelAccess({ model: id, ...reach });
    if (access.kind !== "ready") continue;
    const secret = JSON.stringify([access.apiKey, access.providerConfig?.baseUrl]);
    accounts[provider] = createHash("sha256").update(secret).digest("hex").slice(0, DIGEST_CHARS);
  }
  return accounts;
}
