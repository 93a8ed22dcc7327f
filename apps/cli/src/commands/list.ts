import type { InvocationSummary, ListQuery } from "@pifleet/client";
import { Status } from "@pifleet/invocation";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { elapsedMs, formatCost, formatDuration, formatTime } from "../figures.ts";
import { integerOption, momentOption, pairsOption } from "../option-values.ts";
import { plainText } from "../plain-text.ts";
import { table } from "../table.ts";

const HEADINGS = ["ID", "STATUS", "MODEL", "CREATED", "RAN", "ATTEMPT", "COST", "NAME"];

interface ListOptions extends ListQuery {
  readonly all?: true;
  readonly json?: true;
}

export function defineList(program: Command, context: Context): void {
  program
    .command("list")
    .description("list invocations, newest first")
    .addOption(new Option("--status <status>", "only those with this status").choices(Status.options))
    .option("--agent <name>", "only those of this stored agent")
    .option("--name <text>", "only those whose name holds this, in any case")
    .option("--metadata <name=value>", "only those with this metadata; repeatable", pairsOption)
    .option("--since <time>", "submitted then or later: a time, a day, or how long ago, such as 2h", momentOption)
    .option("--until <time>", "submitted before then", momentOption)
    .option("--tenant <tenant>", "those of another tenant; the key needs the scope operator")
    .option("--limit <count>", "how many to a page, 1 to 100", integerOption)
    .option("--cursor <cursor>", "go on where an earlier page ended")
    .option("--all", "all pages, not only the first")
    .option("--json", "print the page as JSON; with --all one record a line")
    .addHelpText(
      "after",
      "\nSTATUS names the error of what did not succeed; NAME is the submission's, or the first words of its input.\n" +
        "\nExamples:\n  $ pifleet list --status running\n  $ pifleet list --metadata ticket=X-1 --since 2h\n  $ pifleet list --all --json | jq -r 'select(.usage.costUsd > 1).id'",
    )
    .action((options: ListOptions) => list(options, context));
}

async function list({ all, json, ...query }: ListOptions, { client, output, interruption }: Context): Promise<void> {
  let first = true;
  for await (const page of client().invocations.pages(query, { signal: interruption.asked })) {
    if (json && !all) output.json(page);
    else if (json) for (const record of page.items) output.json(record);
    else if (first || page.items.length > 0) output.line(formatRecords(page.items, { headings: first }));
    first = false;
    if (all) continue;
    if (page.nextCursor !== null && !json) output.progress(`There are more: --all, or --cursor ${page.nextCursor}`);
    return;
  }
}

function formatRecords(records: readonly InvocationSummary[], { headings }: { headings: boolean }): string {
  const rows = records.map((record) => {
    const ranMs = elapsedMs(record.startedAt, record.endedAt);
    return [
      record.id,
      statusOf(record),
      record.model,
      formatTime(record.createdAt),
      ranMs === undefined ? "-" : formatDuration(ranMs),
      String(record.attempt),
      formatCost(record.usage.costUsd),
      (record.name ?? "").replaceAll(/\s+/g, " "),
    ].map(plainText);
  });
  return table(headings ? [HEADINGS, ...rows] : rows);
}

/** The status with the reason why it did not succeed, unless the status says it. */
function statusOf({ status, error }: InvocationSummary): string {
  return error === null || error.code === status ? status : `${status}: ${error.code}`;
}
