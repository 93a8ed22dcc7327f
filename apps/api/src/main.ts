import { connectBackend } from "@pifleet/redis";
import closeWithGrace from "close-with-grace";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { bootstrapAuthenticator, OPEN } from "./authentication.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { createLogger } from "./logging.ts";
import { buildServer } from "./server.ts";

const EXIT_USAGE = 2;
const EXIT_FAILURE = 1;
/** Whoever waits is answered at once; only a client that is slow to send or to read takes longer: not longer than this. */
const LINGER_MS = 5_000;
const GRACE_MS = 10_000;

const config = configOrExit();
const logger = createLogger(config.logLevel);
await start(config, logger).catch((err) => {
  logger.fatal({ err }, "could not start");
  process.exit(EXIT_FAILURE);
});

function configOrExit(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_USAGE);
  }
}

async function start({ redisUrl, redisPrefix, host, port, bootstrapKey, retentionMs }: Config, log: Logger) {
  const onFault = (err: Error) => log.warn({ err }, "redis");
  const backend = await connectBackend({ url: redisUrl, prefix: redisPrefix, retentionMs, role: "api", onFault });
  const authenticator = bootstrapKey === null ? OPEN : bootstrapAuthenticator(bootstrapKey);
  const server = await buildServer({ backend, authenticator, logger: log });
  closeWithGrace({ delay: GRACE_MS, logger: log }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, "stopping after an error");
    else log.info({ signal }, "stopping");
    await stopServer(server);
    await backend.close();
    log.info("stopped");
  });
  const url = await server.listen({ host, port, listenTextResolver: (address) => `bound to ${address}` });
  log.info({ url }, "listening");
}

async function stopServer(server: FastifyInstance): Promise<void> {
  const force = setTimeout(() => server.server.closeAllConnections(), LINGER_MS);
  await server.close();
  clearTimeout(force);
}
