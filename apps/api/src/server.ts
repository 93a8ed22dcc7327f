import {
  type AdmissionLimits,
  type ArtifactStore,
  type Backend,
  MAX_ATTEMPTS,
  NO_LIMITS,
  wellFormed,
} from "@pifleet/invocation";
import type { AddressGuard } from "@pifleet/outbound";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { App, Services } from "./app.ts";
import { type Authenticator, OPEN, requireKey } from "./authentication.ts";
import { Background } from "./background.ts";
import { allowOrigins } from "./cross-origin.ts";
import { requireKnownHost } from "./loopback-host.ts";
import { Metrics } from "./metrics.ts";
import { ModelDirectory } from "./model-directory.ts";
import { type OpenLimits, OpenRequests } from "./open-requests.ts";
import { describeRoutes, serveDescription } from "./openapi.ts";
import { BODY_LIMIT_BYTES, refuseOversizeBeforehand } from "./oversize.ts";
import { answerError } from "./problems.ts";
import { parseQuery } from "./query.ts";
import { referenceRoutes } from "./reference/routes.ts";
import { answerRequestIds, requestIdOf } from "./request-id.ts";
import { logRequests } from "./request-log.ts";
import { artifactRoutes } from "./routes/artifacts.ts";
import { batchRoutes } from "./routes/batches.ts";
import { deliveryRoutes } from "./routes/deliveries.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { invocationRoutes } from "./routes/invocations.ts";
import { modelRoutes } from "./routes/models.ts";
import { operationRoutes } from "./routes/operations.ts";
import { redeliveryRoutes } from "./routes/redeliveries.ts";
import { retryRoutes } from "./routes/retries.ts";
import { submissionRoutes } from "./routes/submissions.ts";
import { transitionRoutes } from "./routes/transitions.ts";
import { webhookChangeRoutes } from "./routes/webhook-changes.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { answerBrokenRequest, answerUnmatched } from "./unmatched.ts";
import { validatorCompiler } from "./validation.ts";
import { Waiting } from "./waiting.ts";

const HEARTBEAT_MS = 15_000;
const STALLED_MS = 30_000;
const OPEN_LIMITS: OpenLimits = { perKey: 1_000, all: 10_000 };
/** How long a client may take to send a request. */
const REQUEST_TIMEOUT_MS = 60_000;

export interface ServerOptions {
  readonly backend: Backend;
  readonly artifacts: Pick<ArtifactStore, "has" | "read">;
  readonly authenticator: Authenticator | typeof OPEN;
  readonly logger: FastifyBaseLogger;
  /** Tells which addresses that clients name may be sent to. */
  readonly addressGuard: Pick<AddressGuard, "refusal">;
  /** How much may wait and run, as the backend was told; nothing is limited by default. */
  readonly limits?: AdmissionLimits;
  /** How many attempts an invocation may ask for; as many as the API knows by default. */
  readonly maxAttempts?: number;
  /** The keys of the callers' baggage that travel with their invocations; none by default. */
  readonly traceBaggage?: ReadonlySet<string>;
  /** The origins whose pages may call from a browser; none by default. */
  readonly origins?: ReadonlySet<string>;
  /** The names to which it answers when it lets everyone in, beside loopback ones; none by default. */
  readonly hosts?: ReadonlySet<string>;
  /** How many event streams, and how many held-back answers, may be open at once; 1,000 a key and 10,000 by default. */
  readonly openLimits?: OpenLimits;
  /** Between two comments that keep an idle event stream open, milliseconds; 15 s by default. */
  readonly heartbeatMs?: number;
  /** How long a reader of an event stream may take nothing of what waits for it, milliseconds; 30 s by default. */
  readonly stalledMs?: number;
}

/**
 * Builds the HTTP server, ready to listen. `close` answers whoever waits, ends the open streams and finishes the
 * requests that it has; it leaves the backend open.
 */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = bareServer(options.logger);
  const services = startServices(app, options);
  const metrics = new Metrics(options.backend, services);
  metrics.observe(app);
  answerRequestIds(app as FastifyInstance);
  logRequests(app);
  if (options.authenticator === OPEN) requireKnownHost(app as FastifyInstance, options.hosts ?? new Set());
  // Before the routes are noted: its own is none of ours.
  await allowOrigins(app as FastifyInstance, options.origins ?? new Set());
  answerUnmatched(app);
  refuseOversizeBeforehand(app);
  await describeRoutes(app);
  healthRoutes(app, services, metrics);
  await app.register(async (v1: App) => addVersion1(v1, services, options), { prefix: "/v1" });
  serveDescription(app);
  referenceRoutes(app);
  await app.ready();
  return app as FastifyInstance;
}

function bareServer(logger: FastifyBaseLogger): App {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    genReqId: requestIdOf,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    // An id that is too long is to be refused as one, not to be a path that is not there.
    routerOptions: { maxParamLength: 16_384, querystringParser: parseQuery },
    frameworkErrors: answerError,
    clientErrorHandler: answerBrokenRequest,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(answerError);
  acceptJsonOnly(app);
  return app;
}

/** An empty body is left to the route's schema: most POST routes want none. */
function acceptJsonOnly(app: App): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) =>
    body.length === 0
      ? done(null, undefined)
      : parse(request, body as string, withWholeCharacters(body as string, done) as typeof done),
  );
}

/** Only an escape can bring half of a surrogate pair: the rest of a body is UTF-8. */
const HALF_ESCAPED = /\\u[dD][89a-fA-F]/;

function withWholeCharacters(body: string, done: Done): Done {
  if (!HALF_ESCAPED.test(body)) return done;
  return (error, value) => done(error, error ? undefined : wellFormed(value));
}

type Done = (error: Error | null, value?: unknown) => void;

function startServices(app: App, options: ServerOptions): Services {
  const {
    backend,
    artifacts,
    addressGuard,
    limits = NO_LIMITS,
    maxAttempts = MAX_ATTEMPTS,
    traceBaggage = new Set(),
    openLimits = OPEN_LIMITS,
    heartbeatMs = HEARTBEAT_MS,
    stalledMs = STALLED_MS,
  } = options;
  const stopping = new AbortController();
  const waiting = new Waiting(backend.store, backend.changes);
  const background = new Background(app.log);
  app.addHook("preClose", async () => {
    stopping.abort();
    waiting.close();
  });
  app.addHook("onClose", () => background.settled());
  letConnectionsGo(app, stopping.signal);
  return {
    backend,
    artifacts,
    limits,
    waiting,
    openRequests: new OpenRequests(openLimits),
    damage: { artifacts: 0 },
    background,
    addressGuard,
    models: new ModelDirectory(backend.workers),
    maxAttempts,
    traceBaggage,
    stopping: stopping.signal,
    heartbeatMs,
    stalledMs,
  };
}

/** A connection that is kept alive when its last answer is out would keep the server from closing. */
function letConnectionsGo(app: App, stopping: AbortSignal): void {
  app.addHook("onSend", async (_request, reply) => {
    if (stopping.aborted) reply.header("connection", "close");
  });
  // A stream has sent its headers long before.
  app.addHook("onResponse", async () => {
    if (stopping.aborted) setImmediate(() => app.server.closeIdleConnections());
  });
}

function addVersion1(v1: App, services: Services, { authenticator }: ServerOptions): void {
  requireKey(v1, authenticator);
  v1.addHook("onRequest", async (_request, reply) => {
    reply.header("cache-control", "no-store");
  });
  submissionRoutes(v1, services);
  batchRoutes(v1, services);
  invocationRoutes(v1, services);
  transitionRoutes(v1, services);
  retryRoutes(v1, services);
  eventRoutes(v1, services);
  artifactRoutes(v1, services);
  webhookRoutes(v1, services);
  webhookChangeRoutes(v1, services);
  deliveryRoutes(v1, services);
  redeliveryRoutes(v1, services);
  modelRoutes(v1, services);
  operationRoutes(v1, services);
}
