import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdmissionLimits, ArtifactStore, Backend } from "@pifleet/invocation";
import type { AddressGuard } from "@pifleet/outbound";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Background } from "./background.ts";
import type { ModelDirectory } from "./model-directory.ts";
import type { OpenRequests } from "./open-requests.ts";
import type { Waiting } from "./waiting.ts";

/** The HTTP server while routes are added to it; it infers their types from their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** The services that the routes use. */
export interface Services {
  readonly backend: Backend;
  readonly artifacts: Pick<ArtifactStore, "has" | "read">;
  /** How much may wait and run; the store keeps to them. */
  readonly limits: AdmissionLimits;
  readonly waiting: Waiting;
  /** How many requests may be held open. */
  readonly openRequests: OpenRequests;
  /** Counts of damaged content found since this process started. */
  readonly damage: { artifacts: number };
  readonly background: Background;
  /** Tells which addresses that clients name may be sent to. */
  readonly addressGuard: Pick<AddressGuard, "refusal">;
  /** The models that the workers can run. */
  readonly models: ModelDirectory;
  /** How many attempts an invocation may ask for. */
  readonly maxAttempts: number;
  /** The keys of the baggage that travels with an invocation. */
  readonly traceBaggage: ReadonlySet<string>;
  /** Aborted when this process stops: whatever is open is to be ended properly. */
  readonly stopping: AbortSignal;
  /** Between two comments that keep an idle event stream open, milliseconds. */
  readonly heartbeatMs: number;
  /** How long a reader of an event stream may take nothing of what waits for it, milliseconds. */
  readonly stalledMs: number;
}
