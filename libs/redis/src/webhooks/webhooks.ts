import { MAX_WEBHOOKS, type StoredWebhook, type WebhookId, type Webhooks } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import { json, number, text } from "../scripting/parameters.ts";
import { oneOf, yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const CREATE_WEBHOOK = defineScript({
  name: "create-webhook",
  keys: {
    webhooks: "hash from id to webhook",
  },
  args: {
    id: text("of the webhook"),
    webhook: json("the webhook, as JSON"),
    most: number("how many a tenant may have"),
  },
  reply: oneOf("created", "too_many"),
});

const REPLACE_WEBHOOK = defineScript({
  name: "replace-webhook",
  keys: {
    webhooks: "hash from id to webhook",
  },
  args: {
    id: text("of the webhook"),
    was: text("webhook as it was read, JSON"),
    replacement: json("webhook as it is to be, JSON"),
  },
  reply: yesOrNo("it was replaced"),
});

/** The webhooks in Redis: one hash per tenant. The script that ends an invocation looks whether there is one. */
export class RedisWebhooks implements Webhooks {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  constructor(redis: Redis, scripts: Scripts) {
    this.#redis = redis;
    this.#scripts = scripts;
  }

  create(webhook: StoredWebhook): Promise<"created" | "too_many"> {
    const webhooks = this.#scripts.keys.webhooks(webhook.tenant);
    return this.#scripts.call(CREATE_WEBHOOK, { webhooks }, { id: webhook.id, webhook, most: MAX_WEBHOOKS });
  }

  async get(tenant: string, id: WebhookId): Promise<StoredWebhook | null> {
    const json = await this.#read(tenant, id);
    return json === null ? null : (JSON.parse(json) as StoredWebhook);
  }

  async list(tenant: string): Promise<StoredWebhook[]> {
    const all = await reached(this.#redis.hvals(this.#scripts.keys.webhooks(tenant)));
    return all.map((json) => JSON.parse(json) as StoredWebhook).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** Nobody's change is lost: one that another one came before is made again, on what that has left. */
  async update(tenant: string, id: WebhookId, changes: Partial<StoredWebhook>): Promise<StoredWebhook | null> {
    for (;;) {
      const was = await this.#read(tenant, id);
      if (was === null) return null;
      const webhook: StoredWebhook = { ...(JSON.parse(was) as StoredWebhook), ...changes, id, tenant };
      const webhooks = this.#scripts.keys.webhooks(tenant);
      const args = { id, was, replacement: webhook };
      if (await this.#scripts.call(REPLACE_WEBHOOK, { webhooks }, args)) return webhook;
    }
  }

  async delete(tenant: string, id: WebhookId): Promise<boolean> {
    return (await reached(this.#redis.hdel(this.#scripts.keys.webhooks(tenant), id))) === 1;
  }

  #read(tenant: string, id: WebhookId): Promise<string | null> {
    return reached(this.#redis.hget(this.#scripts.keys.webhooks(tenant), id));
  }
}
