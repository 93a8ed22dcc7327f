import type { DELIVERY_STATUSES, Webhook, WebhookEventType } from "@pifleet/invocation";
import type { CallOptions } from "./invocations.ts";
import { type MomentInput, momentText } from "./moment.ts";
import { resourcePath } from "./resource-path.ts";
import type { Transport } from "./transport.ts";
import { verifyWebhook } from "./webhook-verification.ts";

/** What the owner of a webhook chooses. */
export interface NewWebhook {
  /** Where the messages are sent. */
  readonly url: string;
  /** Only these are told; none means all. */
  readonly events?: readonly WebhookEventType[] | undefined;
  readonly description?: string | undefined;
  /** Signs the messages: `whsec_` and 24 to 64 bytes in base64. One is made when none is given. */
  readonly secret?: string | undefined;
}

/** What is to be different; the rest stays as it is. */
export interface WebhookChanges extends Partial<NewWebhook> {
  readonly enabled?: boolean | undefined;
}

/** A webhook with its secret, which no other answer holds. */
export interface WebhookWithSecret extends Webhook {
  readonly secret: string;
}

/** Which deliveries of a webhook are sent again. */
export interface RedeliveryRange {
  /** Those that were created at this time or later. */
  readonly since: MomentInput;
  /** … and before this time. */
  readonly until?: MomentInput | undefined;
  /** Only those with this status; `dead` by default. */
  readonly status?: (typeof DELIVERY_STATUSES)[number] | undefined;
}

export interface Redeliveries {
  /** How many deliveries are sent again. */
  readonly count: number;
  /** Whether the range holds older ones that are not: ask again for them. */
  readonly more: boolean;
}

/** The webhooks of the key's tenant. */
export class Webhooks {
  /** Checks a message that a webhook brought; see `verifyWebhook`, which needs no client. */
  readonly verify: typeof verifyWebhook = verifyWebhook;
  readonly #transport: Transport;

  /** @internal A client makes it. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Creates a webhook. It is sent once only: a second one would be another webhook. */
  create(webhook: NewWebhook, { signal }: CallOptions = {}): Promise<WebhookWithSecret> {
    return this.#transport.json({ method: "POST", path: "v1/webhooks", body: webhook, signal }, 0);
  }

  /** All of them, newest first. */
  async list({ signal }: CallOptions = {}): Promise<Webhook[]> {
    const { items } = await this.#transport.json<{ items: Webhook[] }>({ path: "v1/webhooks", signal });
    return items;
  }

  get(id: string, { signal }: CallOptions = {}): Promise<Webhook> {
    return this.#transport.json({ path: pathOf(id), signal });
  }

  /** Changes what is named. With a new secret, the old one is good for 24 hours more. */
  update(id: string, changes: WebhookChanges, { signal }: CallOptions = {}): Promise<Webhook & { secret?: string }> {
    return this.#transport.json({ method: "PATCH", path: pathOf(id), body: changes, signal });
  }

  /** Lets a new secret be made. Messages are signed with the old one, too, for 24 hours. */
  rotateSecret(id: string, { signal }: CallOptions = {}): Promise<WebhookWithSecret> {
    return this.#transport.json({ method: "PATCH", path: pathOf(id), body: { rotateSecret: true }, signal });
  }

  /** Nothing is sent to it any more; its deliveries stay in the ledger. */
  delete(id: string, { signal }: CallOptions = {}): Promise<void> {
    return this.#transport.empty({ method: "DELETE", path: pathOf(id), signal });
  }

  /** Sends its deliveries of a time range again, 1,000 at most. */
  redeliver(id: string, range: RedeliveryRange, { signal }: CallOptions = {}): Promise<Redeliveries> {
    const { since, until, status } = range;
    const body = { since: momentText(since), until: momentText(until), status };
    return this.#transport.json({ method: "POST", path: `${pathOf(id)}/redeliver`, body, signal });
  }
}

function pathOf(id: string): string {
  return resourcePath("webhooks", id, "a webhook");
}
