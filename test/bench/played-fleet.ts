import { type IncomingMessage, request } from "node:http";
import { type Backend, type Event, type InvocationId, NO_USAGE, type Outcome } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import type { ApiService } from "../fleet/api-service.ts";

const OUTCOME: Outcome = { status: "succeeded", output: "Done.", messages: [], usage: NO_USAGE, error: null };

/** One API, a real process, whose workers are played by this one: so that no runner takes part in what is measured. */
export class PlayedFleet {
  readonly api: ApiService;
  readonly #key: string;
  readonly #backend: Backend;

  constructor(api: ApiService, key: string, backend: Backend) {
    this.api = api;
    this.#key = key;
    this.#backend = backend;
  }

  /** Starts so many invocations at once; returns their ids. */
  async startRuns(count: number): Promise<InvocationId[]> {
    const { store } = this.#backend;
    return Promise.all(
      Array.from({ length: count }, async () => {
        const invocation = sampleInvocation();
        await store.create(invocation);
        await store.start(invocation.id, "worker-1");
        return invocation.id;
      }),
    );
  }

  /** Appends a line to the log of an invocation that runs. */
  async log(id: InvocationId, message: string): Promise<void> {
    const event: Event = { type: "log", at: new Date().toISOString(), attempt: 1, level: "info", message };
    await this.#backend.events.append(id, 1, [event]);
  }

  /** Ends an invocation that runs. */
  async settle(id: InvocationId): Promise<void> {
    await this.#backend.store.settle(id, 1, { kind: "final", outcome: OUTCOME });
  }

  /** The answer to a request, as soon as it begins, over a connection of its own. */
  get(path: string): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const headers = { authorization: `Bearer ${this.#key}` };
    request(`${this.api.url}${path}`, { headers, agent: false }, resolve).on("error", reject).end();
    return promise;
  }
}
