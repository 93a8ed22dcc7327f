import type { WorkerPresence } from "@pifleet/client";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { elapsedMs, formatDuration } from "../figures.ts";
import { plainText } from "../plain-text.ts";
import { table } from "../table.ts";

const HEADINGS = ["ID", "HOST", "PID", "VERSION", "AGE", "RUNNING", "MEMORY", "LOAD", "HEARTBEAT", "CONTAINMENT"];

export function defineWorkers(program: Command, { client, output, interruption }: Context): void {
  program
    .command("workers")
    .description("list the workers that are alive")
    .option("--json", "print the list as JSON")
    .addHelpText(
      "after",
      "\nRUNNING is how many attempts run, how many can at once, and whether the worker drains; MEMORY is the worker's own,\n" +
        "without its runners; LOAD is the host's over one minute.\n" +
        "\nExamples:\n  $ pifleet workers\n  $ pifleet workers --json | jq '[.items[].running | length] | add'",
    )
    .action(async ({ json }: { json?: true }) => {
      const items = await client().workers.list({ signal: interruption.asked });
      if (json) output.json({ items });
      else if (items.length === 0) output.progress("There are no workers: `pifleet worker` starts one.");
      else output.line(formatWorkers(items, new Date().toISOString()));
    });
}

function formatWorkers(items: readonly WorkerPresence[], now: string): string {
  return `${table([HEADINGS, ...items.map((worker) => rowOf(worker, now))])}\n${totalsOf(items)}`;
}

/** All workers together: `2 workers, 1 draining: 3 of 8 slots run`. */
function totalsOf(items: readonly WorkerPresence[]): string {
  const sum = (count: (worker: WorkerPresence) => number) => items.reduce((total, worker) => total + count(worker), 0);
  const draining = sum((worker) => (worker.draining ? 1 : 0));
  const workers = `${items.length} ${items.length === 1 ? "worker" : "workers"}${draining > 0 ? `, ${draining} draining` : ""}`;
  return `${workers}: ${sum(({ running }) => running.length)} of ${sum(({ concurrency }) => concurrency)} slots run`;
}

function rowOf(worker: WorkerPresence, now: string): string[] {
  return [
    worker.id,
    worker.host,
    String(worker.pid),
    worker.version,
    formatAge(worker.startedAt, now),
    `${worker.running.length}/${worker.concurrency}${worker.draining ? " draining" : ""}`,
    `${Math.round(worker.rssBytes / 1_048_576)} MiB`,
    worker.load.toFixed(2),
    `${formatAge(worker.heartbeatAt, now)} ago`,
    worker.containment,
  ].map(plainText);
}

/** The clock of the worker's host may be ahead of ours. */
function formatAge(from: string, now: string): string {
  return formatDuration(Math.max(0, elapsedMs(from, now) ?? 0));
}
