import { newUlid, type StoredWebhook } from "@pifleet/invocation";

/** A webhook of tenant `default` that is told everything, with what the test wants to be different. */
export function sampleWebhook(different: Partial<StoredWebhook> = {}): StoredWebhook {
  const at = new Date().toISOString();
  return {
    id: `whk_${newUlid()}`,
    url: "https://receiver.example/hook",
    events: [],
    description: "",
    enabled: true,
    disabledReason: null,
    createdAt: at,
    updatedAt: at,
    tenant: "default",
    secrets: [{ value: `whsec_${btoa("a sample secret of 24 by")}`, expiresAt: null }],
    ...different,
  };
}
