import type { Command } from "commander";
import type { DevConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { CommandFailure, ExitCode } from "../failure.ts";
import { formatLogLine } from "../log-line.ts";
import { untilReady } from "../readiness.ts";
import { answers } from "../redis-probe.ts";
import { SupervisedService, stopAll } from "../supervised-service.ts";
import { pad } from "../table.ts";

const SERVICES = ["api", "worker"] as const;
const NAME_COLUMNS = 6;

const HELP = `
Runs until Ctrl-C, which lets running work finish for PIFLEET_GRACE_MS (10000); a second Ctrl-C ends all at once.
An API or a worker that ends by itself is started again, up to five times a minute.
Without PIFLEET_BOOTSTRAP_KEY the API asks for no key, and only this machine can reach it.
As long as only this machine can reach it, invocations may have their spans and webhooks sent to loopback addresses
(PIFLEET_WEBHOOK_ALLOW=loopback); elsewhere that is refused by default.

Environment: REDIS_URL (redis://127.0.0.1:6379), HOST (127.0.0.1), PORT (8787), and what the API and the worker read.

Examples:
  $ pifleet dev
  $ PORT=9000 PIFLEET_BOOTSTRAP_KEY=$(openssl rand -hex 16) pifleet dev`;

export function defineDev(program: Command, context: Context): void {
  program
    .command("dev")
    .description("run an API and a worker on this machine, until Ctrl-C")
    .option("--json", "when all is up, print where it is as a line of JSON")
    .addHelpText("after", HELP)
    .action((options: { json?: true }) => dev(options, context));
}

async function dev({ json }: { json?: true }, context: Context): Promise<void> {
  const { output, interruption } = context;
  const config = context.devConfig();
  if (!(await answers(config.redisUrl))) throw new CommandFailure(noRedis(config.redisUrl));
  const services = SERVICES.map((name) => startService(name, config, context));
  const over = new AbortController();
  const end = endOf(services, interruption.asked);
  try {
    const ready = untilReady(config.apiUrl, over.signal).then(() => "ready" as const);
    if ((await Promise.race([ready, end])) === "ready") {
      for (const service of services) service.fleetIsUp();
      output.write(announcement(config, json));
    }
    const fault = await end;
    if (fault !== undefined) throw new CommandFailure(fault);
    output.progress("Stopping; Ctrl-C again ends all at once.");
    context.exitCode = interruption.exitCode ?? ExitCode.done;
  } finally {
    over.abort();
    await stopAll(services, config.graceMs, interruption.insisted);
  }
}

function startService(name: (typeof SERVICES)[number], { childEnvironment }: DevConfig, { output }: Context) {
  const prefix = output.progressPaint("cyan", `${pad(name, NAME_COLUMNS)} │`);
  const onLine = (line: string) => output.progress(`${prefix} ${formatLogLine(line, output.progressPaint)}`);
  return new SupervisedService(name, {
    environment: childEnvironment,
    onLine,
    onRestart: (reason) => output.progress(reason),
  });
}

/** Resolves when the user asked for the end, or to the reason when a service has ended and is not started again. */
function endOf(services: readonly SupervisedService[], asked: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    asked.addEventListener("abort", () => resolve(undefined), { once: true });
    for (const { ended } of services) void ended.then(resolve);
    if (asked.aborted) resolve(undefined);
  });
}

function announcement({ apiUrl, auth }: DevConfig, json: true | undefined): string {
  const docs = `${apiUrl}/docs`;
  if (json) return `${JSON.stringify({ url: apiUrl, docs, auth })}\n`;
  const key = auth ? ` -H "authorization: Bearer $PIFLEET_BOOTSTRAP_KEY"` : "";
  const body = `'{"model": "demo/scripted", "input": "Say hello"}'`;
  return `
Pi Fleet is up${auth ? ", and asks for the key PIFLEET_BOOTSTRAP_KEY" : " (no key needed, this machine only)"}.
  API   ${apiUrl}
  Docs  ${docs}
Try it:
  curl -s ${apiUrl}/v1/invocations -H "content-type: application/json" -H "prefer: wait=30"${key} -d ${body}
Ctrl-C stops it.
`;
}

function noRedis(redisUrl: string): string {
  const { host } = new URL(redisUrl);
  return (
    `No Redis answers at ${host}. Start one (redis-server), or set REDIS_URL to one that runs; ` +
    "in a checkout, `npm run dev` brings one along."
  );
}
