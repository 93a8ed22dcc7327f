import type { Command } from "commander";
import { UsageError } from "../failure.ts";

const SERVICES = [
  {
    name: "api",
    description: "run the HTTP API",
    options: [],
    environment:
      "REDIS_URL, HOST, PORT, LOG_LEVEL, PIFLEET_AUTH, PIFLEET_BOOTSTRAP_KEY, PIFLEET_RATE_LIMIT, PIFLEET_MAX_ATTEMPTS, PIFLEET_WATCHDOG_MS, PIFLEET_RETENTION, PIFLEET_ARTIFACTS, AWS_*, OTEL_*",
  },
  {
    name: "worker",
    description: "run a worker, which claims invocations and supervises their runners",
    options: [
      [
        "--drain-on-idle",
        "end when nothing waits in the queue and nothing runs here; what is delayed is not waited for",
      ],
    ],
    environment:
      "REDIS_URL, LOG_LEVEL, PIFLEET_CONCURRENCY, PIFLEET_WARM, PIFLEET_MODELS_FILE, PIFLEET_WORKSPACES, PIFLEET_ARTIFACTS, AWS_*, PIFLEET_ARTIFACT_FILES, PIFLEET_ARTIFACT_FILE_MB, PIFLEET_ARTIFACT_TOTAL_MB, PIFLEET_LEASE_MS, PIFLEET_GRACE_MS, PIFLEET_WATCHDOG_MS, PIFLEET_PAUSE_LIMIT, PIFLEET_RETENTION, PIFLEET_RUNNER_HEAP_MB, OTEL_*, and the providers' keys, such as ANTHROPIC_API_KEY",
  },
] as const;

/** Describes the programs that the launcher starts instead of this one. */
export function defineServices(program: Command): void {
  for (const { name, description, options, environment } of SERVICES) {
    const command = program
      .command(name)
      .description(description)
      .addHelpText("after", `\nIt is configured by the environment:\n  ${environment}\n\nExample:\n  $ pifleet ${name}`)
      .action(() => {
        throw new UsageError(`'${name}' is a program of its own: start it with the program pifleet`);
      });
    for (const [flags, effect] of options) command.option(flags, effect);
  }
}
