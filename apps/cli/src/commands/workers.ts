import type { WorkerPresence } from "@pifleet/client";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { formatTime } from "../figures.ts";
import { plainText } from "../plain-text.ts";
import { table } from "../table.ts";

const HEADINGS = ["ID", "HOST", "PID", "VERSION", "RUNNING", "MEMORY", "LOAD", "STARTED", "HEARTBEAT", "CONTAINMENT"];

export function defineWorkers(program: Command, { client, output, interruption }: Context): void {
  program
    .command("workers")
    .description("list the workers that are alive")
    .option("--json", "print the list as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ pifleet workers\n  $ pifleet workers --json | jq '[.items[].running | length] | add'",
    )
    .action(async ({ json }: { json?: true }) => {
      const items = await client().workers.list({ signal: interruption.asked });
      if (json) output.json({ items });
      else output.line(table([HEADINGS, ...items.map(rowOf)]));
    });
}

function rowOf(worker: WorkerPresence): string[] {
  return [
    worker.id,
    worker.host,
    String(worker.pid),
    worker.version,
    `${worker.running.length}/${worker.concurrency}`,
    `${Math.round(worker.rssBytes / 1_048_576)} MiB`,
    worker.load.toFixed(2),
    formatTime(worker.startedAt),
    formatTime(worker.heartbeatAt),
    worker.containment,
  ].map(plainText);
}
