import type { Invocation } from "@pifleet/invocation";
import type { AddressGuard } from "@pifleet/outbound";
import {
  createSender,
  isSameDestination,
  isSampled,
  type Senders,
  type SendSpans,
  TenantPools,
  type TraceDestination,
} from "@pifleet/tracing";
import type { Config } from "./config.ts";

export interface TraceDestinationOptions {
  /** The deployment's settings for traces. */
  readonly traces: Config["traces"];
  readonly serviceVersion: string;
  /** Decides which endpoints may be connected to that clients name. */
  readonly guard: AddressGuard;
}

/** The part of an invocation that decides where its spans go. */
type Destined = Pick<Invocation, "tenant" | "carrier" | "submission">;

/**
 * Where the spans of each invocation go. The deployment's collector and those that clients name take turns apart: a
 * client's collector that hangs does not hold up the deployment's, nor another tenant's.
 */
export class TraceDestinations {
  readonly #options: TraceDestinationOptions;
  readonly #common: Pick<TraceDestination, "serviceName" | "serviceVersion" | "deadlineMs">;
  readonly #deployment: SendSpans | undefined;
  readonly #clients = new TenantPools();

  constructor(options: TraceDestinationOptions) {
    const { traces, serviceVersion } = options;
    const { serviceName, deadlineMs, collector, resource } = traces;
    this.#options = options;
    this.#common = { serviceName, serviceVersion, deadlineMs };
    this.#deployment = collector && createSender({ ...collector, ...this.#common, resource });
  }

  /** Whether the spans of the invocation are exported: as its caller decided, unless the deployment decides. */
  isSampled({ carrier }: Destined): boolean {
    return isSampled(carrier, this.#options.traces.sampling);
  }

  sendersFor(invocation: Destined): Senders {
    if (!this.isSampled(invocation)) return {};
    const client = this.#client(invocation);
    return { ...(this.#deployment && { deployment: this.#deployment }), ...(client && { invocation: client }) };
  }

  #client({ tenant, submission }: Destined): SendSpans | undefined {
    const { endpoint, headers = {} } = submission.trace ?? {};
    const { traces, guard } = this.#options;
    if (endpoint === undefined || traces.isDisabled) return undefined;
    if (traces.collector && isSameDestination(traces.collector, { endpoint, headers })) return undefined;
    const connection = guard.connectionTo(new URL(endpoint));
    return createSender({ endpoint, headers, connection, ...this.#common }, this.#clients.of(tenant));
  }
}
