import type { DELIVERY_STATUSES, Delivery } from "@pifleet/invocation";
import type { CallOptions } from "./invocations.ts";
import { type MomentInput, momentText } from "./moment.ts";
import { resourcePath } from "./resource-path.ts";
import type { Transport } from "./transport.ts";

/** Which deliveries a list holds; what is left out does not matter. */
export interface DeliveryListQuery {
  readonly webhook?: string | undefined;
  readonly invocation?: string | undefined;
  readonly status?: (typeof DELIVERY_STATUSES)[number] | undefined;
  /** Created at this time or later. */
  readonly since?: MomentInput | undefined;
  /** Created before this time. */
  readonly until?: MomentInput | undefined;
  /** Deliveries in a page, 1 to 100. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** One page of the ledger, newest first. */
export interface DeliveryPage {
  readonly items: Delivery[];
  readonly nextCursor: string | null;
}

/** A delivery with what is sent, word for word the same over all tries. */
export interface DeliveryWithBody extends Delivery {
  readonly body: string;
}

/** The ledger of what webhooks were told, of the key's tenant. */
export class Deliveries {
  readonly #transport: Transport;

  /** @internal A client makes it. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** One page, newest first. */
  list(query: DeliveryListQuery = {}, { signal }: CallOptions = {}): Promise<DeliveryPage> {
    const range = { since: momentText(query.since), until: momentText(query.until) };
    return this.#transport.json({ path: "v1/deliveries", query: { ...query, ...range }, signal });
  }

  /** This page and all that follow it, each fetched when it is asked for. */
  async *pages(
    query: DeliveryListQuery = {},
    options: CallOptions = {},
  ): AsyncGenerator<DeliveryPage, void, undefined> {
    for (let cursor = query.cursor; ; ) {
      const page = await this.list({ ...query, cursor }, options);
      yield page;
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
    }
  }

  get(id: string, { signal }: CallOptions = {}): Promise<DeliveryWithBody> {
    return this.#transport.json({ path: pathOf(id), signal });
  }

  /** Sends it again, now, whatever became of it; its schedule begins anew. */
  redeliver(id: string, { signal }: CallOptions = {}): Promise<Delivery> {
    return this.#transport.json({ method: "POST", path: `${pathOf(id)}/redeliver`, signal });
  }
}

function pathOf(id: string): string {
  return resourcePath("deliveries", id, "a delivery");
}
