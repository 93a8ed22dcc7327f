import { setTimeout as pause } from "node:timers/promises";
import { createArtifactStore } from "@pifleet/artifacts";
import { ConfigurationError } from "@pifleet/environment";
import { FaultLog } from "@pifleet/environment/fault-log";
import { createLogger, type Logger, warnOfUnknownVariables } from "@pifleet/environment/logging";
import { startWatchdog } from "@pifleet/environment/watchdog";
import type { Backend } from "@pifleet/invocation";
import { AddressGuard } from "@pifleet/outbound";
import { connectBackend, needsNoPassword, OPEN_REDIS_WARNING } from "@pifleet/redis";
import closeWithGrace from "close-with-grace";
import type { FastifyInstance } from "fastify";
import { type Authenticator, bootstrapAuthenticator, OPEN } from "./authentication.ts";
import type { Config } from "./config.ts";
import { buildServer } from "./server.ts";
import { storedKeysAuthenticator } from "./stored-keys.ts";

const EXIT_FAILURE = 1;
/** How long a stop waits for clients that send or read slowly, milliseconds. Long-polls are answered at once. */
const LINGER_MS = 5_000;
const GRACE_MS = 10_000;
/** How long the first answer of the database is waited for before requests are taken without it. */
const CONNECT_MS = 2_000;
const CONNECT_POLL_MS = 25;

/** Serves the API until a signal ends it. A second signal ends it at once. */
export async function serve(config: Config): Promise<void> {
  const log = createLogger(config.logLevel);
  warnOfUnknownVariables(log, config.unknownVariables);
  startWatchdog({ limitMs: config.watchdogMs, app: "api" });
  try {
    await start(config, log);
  } catch (err) {
    log.fatal({ err }, "could not start");
    process.exit(EXIT_FAILURE);
  }
}

async function start(config: Config, log: Logger) {
  const {
    redisUrl,
    redisPrefix,
    host,
    port,
    retentionMs,
    limits,
    traceBaggage,
    hosts,
    openLimits,
    origins,
    allowedAddresses,
  } = config;
  const faults = new FaultLog(log);
  const onFault = (error: Error) => faults.report(error);
  const backend = await connectBackend({
    url: redisUrl,
    prefix: redisPrefix,
    ...(config.replication && { replication: config.replication }),
    retentionMs,
    limits,
    role: "api",
    onFault,
    onBack: (awayMs) => log.info({ awayMs }, "Redis is back"),
  });
  const authenticator = authenticatorOf(config, backend);
  const addressGuard = new AddressGuard({ allow: allowedAddresses });
  const artifacts = createArtifactStore(config.artifacts);
  const server = await buildServer({
    backend,
    artifacts,
    authenticator,
    addressGuard,
    maxAttempts: config.maxAttempts,
    limits,
    traceBaggage,
    hosts,
    openLimits,
    origins,
    logger: log,
  });
  closeWithGrace({ delay: GRACE_MS, logger: log }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, "stopping after an error");
    else log.info({ signal }, "stopping");
    await stopServer(server);
    await backend.close();
    log.info("stopped");
  });
  await awaitDatabase(backend, log);
  await refuseUnfit(backend);
  void needsNoPassword(redisUrl).then((isOpen) => isOpen && log.warn(OPEN_REDIS_WARNING));
  const url = await server.listen({ host, port, listenTextResolver: (address) => `bound to ${address}` });
  log.info({ url }, "listening");
}

/** The bootstrap key needs no database, so that it is good also while there is none. */
function authenticatorOf({ bootstrapKey, rate }: Config, { apiKeys }: Backend): Authenticator | typeof OPEN {
  if (bootstrapKey === null) return OPEN;
  const bootstrap = bootstrapAuthenticator(bootstrapKey);
  const stored = storedKeysAuthenticator({ apiKeys, rate });
  return async (key) => (await bootstrap(key)) ?? stored(key);
}

async function stopServer(server: FastifyInstance): Promise<void> {
  const force = setTimeout(() => server.server.closeAllConnections(), LINGER_MS);
  await server.close();
  clearTimeout(force);
}

/** So that the first request is not answered 503 only because it came too early. */
async function awaitDatabase(backend: Backend, log: Logger): Promise<void> {
  const deadline = Date.now() + CONNECT_MS;
  while (!(await answers(backend))) {
    if (Date.now() > deadline) return log.warn("the database does not answer; until it does, requests get 503");
    await pause(CONNECT_POLL_MS);
  }
}

/** A database that comes up later and must not be used makes this process not ready. */
async function refuseUnfit(backend: Backend): Promise<void> {
  if (!(await answers(backend))) return;
  const reason = (await backend.dataRisk()) ?? (await backend.outdated());
  if (reason !== null) throw new ConfigurationError(`REDIS_URL: ${reason}`);
}

async function answers(backend: Backend): Promise<boolean> {
  return backend.ping().then(
    () => true,
    () => false,
  );
}
