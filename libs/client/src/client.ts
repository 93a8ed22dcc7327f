import type { FleetModel, FleetQueue, WorkerPresence } from "@pifleet/invocation";
import { Artifacts } from "./artifacts.ts";
import { Deliveries } from "./deliveries.ts";
import { type CallOptions, Invocations } from "./invocations.ts";
import { Transport } from "./transport.ts";
import { Webhooks } from "./webhooks.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 3;

export interface ClientOptions {
  /** The API's address, such as `http://127.0.0.1:8787`; a path in it is kept. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How long an answer may take, not counting what a long-poll waits; milliseconds, 30,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** How often a request is sent again that failed for a reason that may pass; 3 by default, 0 for never. */
  readonly retries?: number | undefined;
}

/** The API of one fleet. */
export interface Client {
  readonly invocations: Invocations;
  readonly artifacts: Artifacts;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly models: {
    /** The models that the fleet can run, with price, context window and whether their key is there. */
    list(options?: CallOptions): Promise<FleetModel[]>;
  };
  readonly workers: {
    /** The workers that are alive. */
    list(options?: CallOptions): Promise<WorkerPresence[]>;
  };
  readonly queue: {
    /** How deep the queue is. */
    get(options?: CallOptions): Promise<FleetQueue>;
    /** Lets no worker claim anything; what runs goes on. Idempotent. */
    pause(options?: CallOptions): Promise<FleetQueue>;
    /** Lets workers claim again. Idempotent. */
    resume(options?: CallOptions): Promise<FleetQueue>;
  };
}

/**
 * A client of the fleet at `url`. It opens nothing until it is used and needs no closing.
 * @throws {TypeError} when the URL is none
 */
export function createClient(options: ClientOptions): Client {
  const transport = new Transport({
    url: options.url,
    apiKey: options.apiKey,
    // Called by name at the time of use: browsers refuse a detached `fetch`, and tests replace the global one.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    retries: options.retries ?? DEFAULT_RETRIES,
  });
  return {
    invocations: new Invocations(transport),
    artifacts: new Artifacts(transport),
    webhooks: new Webhooks(transport),
    deliveries: new Deliveries(transport),
    models: {
      list: async ({ signal } = {}) => {
        const { items } = await transport.json<{ items: FleetModel[] }>({ path: "v1/models", signal });
        return items;
      },
    },
    workers: {
      list: async ({ signal } = {}) => {
        const { items } = await transport.json<{ items: WorkerPresence[] }>({ path: "v1/workers", signal });
        return items;
      },
    },
    queue: {
      get: ({ signal } = {}) => transport.json({ path: "v1/queue", signal }),
      pause: ({ signal } = {}) => transport.json({ method: "POST", path: "v1/queue/pause", signal }),
      resume: ({ signal } = {}) => transport.json({ method: "POST", path: "v1/queue/resume", signal }),
    },
  };
}
