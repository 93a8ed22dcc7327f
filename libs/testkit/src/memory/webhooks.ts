import { MAX_WEBHOOKS, type StoredWebhook, type WebhookId, type Webhooks } from "@pifleet/invocation";

/** The webhooks, in memory. What it hands out is a copy. */
export class MemoryWebhooks implements Webhooks {
  readonly #webhooks = new Map<WebhookId, StoredWebhook>();

  hasAny(tenant: string): boolean {
    return this.#of(tenant).length > 0;
  }

  async create(webhook: StoredWebhook): Promise<"created" | "too_many"> {
    if (this.#of(webhook.tenant).length >= MAX_WEBHOOKS) return "too_many";
    this.#webhooks.set(webhook.id, structuredClone(webhook));
    return "created";
  }

  async get(tenant: string, id: WebhookId): Promise<StoredWebhook | null> {
    return structuredClone(this.#find(tenant, id) ?? null);
  }

  async list(tenant: string): Promise<StoredWebhook[]> {
    return structuredClone(this.#of(tenant).sort((a, b) => (a.id < b.id ? 1 : -1)));
  }

  async update(tenant: string, id: WebhookId, changes: Partial<StoredWebhook>): Promise<StoredWebhook | null> {
    const webhook = this.#find(tenant, id);
    if (!webhook) return null;
    this.#webhooks.set(id, structuredClone({ ...webhook, ...changes, id, tenant }));
    return this.get(tenant, id);
  }

  async delete(tenant: string, id: WebhookId): Promise<boolean> {
    return this.#find(tenant, id) !== undefined && this.#webhooks.delete(id);
  }

  #of(tenant: string): StoredWebhook[] {
    return [...this.#webhooks.values()].filter((webhook) => webhook.tenant === tenant);
  }

  #find(tenant: string, id: WebhookId): StoredWebhook | undefined {
    const webhook = this.#webhooks.get(id);
    return webhook?.tenant === tenant ? webhook : undefined;
  }
}
