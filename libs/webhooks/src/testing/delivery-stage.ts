import {
  type AfterTry,
  type Backend,
  type DeliveryTry,
  type InvocationId,
  type Measures,
  newUlid,
  type StoredDelivery,
  type StoredWebhook,
} from "@pifleet/invocation";
import { AddressGuard } from "@pifleet/outbound";
import { createMemoryBackend } from "@pifleet/testkit";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { startWebhookSink, type WebhookSink } from "@pifleet/testkit/webhook-sink";
import { onTestFinished } from "vitest";
import { WebhookDelivery, type WebhookDeliveryPorts } from "../webhook-delivery.ts";

export const TENANT = "default";
export const SECRET = `whsec_${Buffer.alloc(32, "one secret").toString("base64")}`;
export const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

export interface StageOptions {
  /** Default: `[0, 1_000, 1_000]`. */
  readonly schedule?: readonly number[];
  readonly deadlineMs?: number;
  /** Default: one that allows loopback. */
  readonly guard?: AddressGuard;
}

type InvocationWebhook = NonNullable<Parameters<typeof sampleInvocation>[0]>["webhook"];

/** One worker's part in delivering, over ports in memory whose clock moves when the test says so. */
export interface Stage {
  readonly backend: Backend;
  readonly delivery: WebhookDelivery;
  /** What became of each try, oldest first. */
  readonly tried: { readonly delivery: StoredDelivery; readonly made: DeliveryTry; readonly after: AfterTry["kind"] }[];
  /** What was counted, such as `delivered`. */
  readonly counted: string[];
  readonly faults: unknown[];
  /** Writes a webhook of the tenant. */
  webhook(fields: Pick<StoredWebhook, "url"> & Partial<StoredWebhook>): Promise<StoredWebhook>;
  /** Writes an invocation that has ended as `cancelled`. */
  ended(webhook?: InvocationWebhook, tenant?: string): Promise<InvocationId>;
  /** Does all that is due now. */
  rounds(): Promise<void>;
  /** Resolves when so many tries have been recorded. */
  triedTimes(count: number): Promise<void>;
  /** Moves the clock of the ledger. */
  pass(ms: number): void;
  /** Another worker over the same ports, with some of them replaced. */
  worker(ports?: Partial<WebhookDeliveryPorts>): WebhookDelivery;
  /** The only delivery there is. */
  only(): Promise<StoredDelivery>;
}

export async function startSink(): Promise<WebhookSink> {
  const sink = await startWebhookSink();
  onTestFinished(() => sink.close());
  return sink;
}

export function setStage({
  schedule = [0, 1_000, 1_000],
  deadlineMs = 5_000,
  guard = new AddressGuard({ allow: ["loopback"] }),
}: StageOptions = {}): Stage {
  let nowMs = Date.now();
  const backend = createMemoryBackend({ retentionMs: 3_600_000_000, now: () => nowMs });
  onTestFinished(() => backend.close());
  const tried: Stage["tried"] = [];
  const counted: string[] = [];
  const faults: unknown[] = [];
  const waiting = new Set<() => void>();
  const measures: Measures = {
    count: (_, labels) => void counted.push(Object.values(labels).join()),
    observe: () => undefined,
  };
  const worker = (ports: Partial<WebhookDeliveryPorts> = {}) =>
    new WebhookDelivery(
      {
        ...backend,
        guard,
        measures,
        onTried: (delivery, made, after) => {
          tried.push({ delivery, made, after: after.kind });
          for (const look of waiting) look();
        },
        onFault: (error) => void faults.push(error),
        ...ports,
      },
      { schedule, deadlineMs },
    );
  const delivery = worker();
  return {
    backend,
    delivery,
    tried,
    counted,
    faults,
    worker,
    pass: (ms) => {
      nowMs += ms;
    },
    webhook: async (fields) => {
      const webhook = sampleWebhook(fields);
      await backend.webhooks.create(webhook);
      return webhook;
    },
    ended: async (webhook, tenant = TENANT) => {
      const invocation = sampleInvocation({ webhook }, { tenant, carrier: { traceparent: TRACEPARENT } });
      await backend.store.create(invocation);
      await backend.store.cancel(tenant, invocation.id);
      return invocation.id;
    },
    rounds: async () => {
      while ((await delivery.round()) > 0);
    },
    triedTimes: (count) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (tried.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    only: async () => {
      const { items } = await backend.deliveries.list({ tenant: TENANT, limit: 2 });
      const [item] = items;
      const found = item && (await backend.deliveries.get(TENANT, item.id));
      if (!found || items.length > 1) throw new Error(`there are ${items.length} deliveries`);
      return found;
    },
  };
}

function sampleWebhook(fields: Pick<StoredWebhook, "url"> & Partial<StoredWebhook>): StoredWebhook {
  const now = new Date().toISOString();
  return {
    id: `whk_${newUlid()}`,
    tenant: TENANT,
    events: [],
    description: "",
    enabled: true,
    disabledReason: null,
    createdAt: now,
    updatedAt: now,
    secrets: [{ value: SECRET, expiresAt: null }],
    ...fields,
  };
}
