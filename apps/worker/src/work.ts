import { createArtifactStore } from "@pifleet/artifacts";
import { ConfigurationError, readConfigured } from "@pifleet/environment";
import { exposingAncestors } from "@pifleet/environment/exposed-ancestors";
import { FaultLog } from "@pifleet/environment/fault-log";
import { createLogger, type Logger, warnOfUnknownVariables } from "@pifleet/environment/logging";
import { withSecretFiles } from "@pifleet/environment/secret-files";
import { startWatchdog } from "@pifleet/environment/watchdog";
import {
  availableModels,
  ModelNetworkError,
  modelAccess,
  modelNetwork,
  modelSecrets,
  modelVariables,
  networkSecrets,
  providerAccounts,
  readModelsFile,
  runnerPrograms,
} from "@pifleet/harness";
import { NO_LIMITS, Redactor } from "@pifleet/invocation";
import { AddressGuard, NameResolver } from "@pifleet/outbound";
import { connectBackend, needsNoPassword, OPEN_REDIS_WARNING } from "@pifleet/redis";
import { createProcessRuntime, openWorkspacesDirectory } from "@pifleet/runtime";
import closeWithGrace from "close-with-grace";
import packageJson from "../package.json" with { type: "json" };
import { workApart } from "./apart/work-apart.ts";
import type { Arguments, Config } from "./config.ts";
import { Health } from "./health.ts";
import { SchemaWatch } from "./loops/schema-watch.ts";
import { secretsOf } from "./secrets.ts";
import { TraceDestinations } from "./trace-destinations.ts";
import { Worker, type WorkerOptions, type WorkerParts } from "./worker.ts";

const { version } = packageJson;
/** Of each thing that was said, as much as this stands in a span when content is recorded. */
const MAX_CONTENT_BYTES = 16_384;
/** How often artifacts that are nobody's any more are looked for, milliseconds. A bucket charges for every look. */
const ARTIFACT_ROUND_MS = { directory: 30_000, s3: 300_000 };

/** Works until a signal ends it, or until there is nothing to do when it was started for that. */
export async function work(config: Config & Arguments): Promise<void> {
  startWatchdog({ limitMs: config.watchdogMs, app: "worker" });
  const base = createLogger(config.logLevel);
  if (config.apart) {
    const log = base.child({ app: "worker", apart: config.apart.invocation });
    const { parts, options } = await compose({ ...config, warm: 0 }, log);
    return workApart(config.apart, parts, options);
  }
  const log = base.child({ app: "worker" });
  warnOfUnknownVariables(log, config.unknownVariables);
  const { parts, options } = await compose(config, log);
  const worker = new Worker(parts, options);
  const health =
    config.health &&
    new Health({
      ...config.health,
      unreadiness: () => worker.unreadiness(),
      slots: config.concurrency,
      running: () => worker.running,
      workspaces: config.workspaces,
    });
  // The worker has a grace period of its own. A second signal ends it at once, and its runners end with it.
  const { close } = closeWithGrace({ delay: false, logger: false }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, "the worker failed");
    else log.info({ signal, graceMs: config.graceMs }, "draining");
    await schemaWatch.stop();
    await worker.stop();
    await health?.stop();
    log.info("stopped");
  });
  const schemaWatch = new SchemaWatch({
    backend: parts.backend,
    onOutdated: (reason) => {
      log.error({ reason }, "this worker is too old for the fleet, so it drains");
      close();
    },
    onFault: (err) => log.error({ err }, "could not find out whether this worker is too old"),
  });
  if (health) log.info({ url: await health.start() }, "telling the worker's health");
  await worker.start();
  log.info({ worker: worker.id, concurrency: config.concurrency, warm: config.warm }, "claiming");
  schemaWatch.start();
  if (!config.drainOnIdle) return;
  await worker.idle();
  close();
}

/** The settings of a worker. */
async function compose(config: Config, log: Logger): Promise<{ parts: WorkerParts; options: WorkerOptions }> {
  const { modelsFile: path, traces } = config;
  const modelsFile = path && (await readConfigured("PIFLEET_MODELS_FILE", () => readModelsFile(path)));
  const environment = modelsFile ? withSecretFiles(config.environment, modelVariables(modelsFile)) : config.environment;
  const network = networkOf(environment);
  await readConfigured("PIFLEET_WORKSPACES", () => openWorkspacesDirectory(config.workspaces));
  const faults = new FaultLog(log);
  const onFault = (error: unknown) => faults.report(error);
  const backend = await connectBackend({
    url: config.redisUrl,
    prefix: config.redisPrefix,
    ...(config.replication && { replication: config.replication }),
    retentionMs: config.retentionMs,
    limits: { ...NO_LIMITS, tenantRunning: config.tenantRunning },
    role: "worker",
    onFault,
    onBack: (awayMs) => log.info({ awayMs }, "Redis is back"),
  });
  const unfit = (await backend.dataRisk()) ?? (await backend.outdated());
  if (unfit !== null) {
    await backend.close();
    throw new ConfigurationError(`REDIS_URL: ${unfit}`);
  }
  void needsNoPassword(config.redisUrl).then((isOpen) => isOpen && log.warn(OPEN_REDIS_WARNING));
  const runtime = createProcessRuntime({
    workspaces: config.workspaces,
    programs: runnerPrograms,
    heapMb: config.runnerHeapMb,
    limits: config.runLimits,
    warm: config.warm,
    onFault,
    onFallback: ({ from, to, exit, forMs }) => {
      log.warn({ from, to, exit, forMs }, "a runner did not start out of the one, and starts out of the other");
      backend.counters.add({ runner_fallbacks: 1 }).catch(onFault);
    },
  });
  const names = new NameResolver(config.nameServers && { servers: config.nameServers });
  const guard = new AddressGuard({
    allow: config.allowedAddresses,
    resolve: (name, options) => names.resolve(name, options),
  });
  const reach = { environment, ...(modelsFile && { modelsFile }) };
  const models = await availableModels(reach);
  const secrets = [
    ...secretsOf(environment),
    ...networkSecrets(environment),
    ...(modelsFile ? modelSecrets(modelsFile, environment) : []),
  ];
  warnOfExposedSecrets(secrets, log);
  const destinations = new TraceDestinations({ traces, serviceVersion: version, guard });
  return {
    parts: {
      backend,
      runtime,
      artifacts: createArtifactStore(config.artifacts),
      tracing: {
        isSampled: (invocation) => destinations.isSampled(invocation),
        content: ({ submission }) =>
          (submission.trace?.content ?? traces.content) ? { maxBytes: MAX_CONTENT_BYTES } : undefined,
      },
      sendersFor: (invocation) => destinations.sendersFor(invocation),
      modelAccess: (model) => modelAccess({ model, network, ...reach }),
      models,
      accounts: providerAccounts(models, reach),
      webhooks: { guard, schedule: config.webhookSchedule },
      redactor: new Redactor(secrets),
      environment: config.environment,
      log,
    },
    options: {
      version,
      concurrency: config.concurrency,
      leaseMs: config.leaseMs,
      graceMs: config.graceMs,
      pauseLimitMs: config.pauseLimitMs,
      retentionMs: config.retentionMs,
      artifactLimits: config.artifactLimits,
      artifactRoundMs: ARTIFACT_ROUND_MS[config.artifacts.kind],
    },
  };
}

/** @throws {ConfigurationError} naming the variable that is wrong */
function networkOf(environment: Config["environment"]): ReturnType<typeof modelNetwork> {
  try {
    return modelNetwork(environment);
  } catch (error) {
    if (error instanceof ModelNetworkError) throw new ConfigurationError(error.message);
    throw error;
  }
}

/** The worker itself hides its environment; what started it, such as `npm exec`, may show the same. */
function warnOfExposedSecrets(secrets: readonly string[], log: Logger): void {
  const processes = exposingAncestors(secrets);
  if (processes.length === 0) return;
  log.warn(
    { processes },
    "the tools of agents can read secrets in the environment of the processes that started this worker; " +
      "put them into files (ANTHROPIC_API_KEY_FILE, REDIS_URL_FILE, …), or start the worker by `exec pifleet worker`",
  );
}
