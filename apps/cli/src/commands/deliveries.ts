import type { DeliveryListQuery } from "@pifleet/client";
import { DELIVERY_STATUSES } from "@pifleet/invocation";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { deliveryRows, formatDelivery } from "../delivery-rows.ts";
import { UsageError } from "../failure.ts";
import { idArgument, idOf, integerOption, momentOption } from "../option-values.ts";
import { table } from "../table.ts";

const ID = "dlv_01K…";
const deliveryId = idOf("a delivery", ID);
const webhookId = idOf("a webhook", "whk_01K…");

const HELP = `
Every message that a webhook is sent is a delivery. One that was given up after its last try is dead.

Examples:
  $ pifleet deliveries list --status dead --since 2h
  $ pifleet deliveries get ${ID}
  $ pifleet deliveries redeliver --webhook whk_01K… --since 2h`;

interface ListOptions extends DeliveryListQuery {
  readonly all?: true;
  readonly json?: true;
}

interface RedeliverOptions extends Pick<DeliveryListQuery, "webhook" | "status"> {
  readonly since?: Date;
  readonly until?: Date;
  readonly json?: true;
}

/** Adds `deliveries` and its commands. */
export function defineDeliveries(program: Command, context: Context): void {
  const deliveries = program
    .command("deliveries")
    .description("see what webhooks were told, and send it again")
    .addHelpText("after", HELP);
  defineList(deliveries, context);
  defineGet(deliveries, context);
  defineRedeliver(deliveries, context);
}

function defineList(deliveries: Command, context: Context): void {
  deliveries
    .command("list", { isDefault: true })
    .description("list deliveries, newest first")
    .option("--webhook <id>", "only those of this webhook", webhookId)
    .option("--invocation <id>", "only those about this invocation", idArgument)
    .addOption(statusOption("only those with this status"))
    .option("--since <time>", "created then or later: a time, a day, or how long ago, such as 2h", momentOption)
    .option("--until <time>", "created before then", momentOption)
    .option("--limit <count>", "how many to a page, 1 to 100", integerOption)
    .option("--cursor <cursor>", "go on where an earlier page ended")
    .option("--all", "all pages, not only the first")
    .option("--json", "print the page as JSON; with --all one delivery a line")
    .addHelpText(
      "after",
      "\nTRIES counts those since the newest (re)delivery; ANSWER is what came of the last one.\n" +
        "\nExamples:\n  $ pifleet deliveries list --status dead\n  $ pifleet deliveries list --all --json | jq -r .url",
    )
    .action((options: ListOptions) => list(options, context));
}

async function list({ all, json, ...query }: ListOptions, { client, output, interruption }: Context): Promise<void> {
  let headings = true;
  for await (const page of client().deliveries.pages(query, { signal: interruption.asked })) {
    if (json && !all) output.json(page);
    else if (json) for (const delivery of page.items) output.json(delivery);
    else if (headings || page.items.length > 0) output.line(table(deliveryRows(page.items, { headings })));
    headings = false;
    if (all) continue;
    if (page.nextCursor !== null && !json) output.progress(`There are more: --all, or --cursor ${page.nextCursor}`);
    return;
  }
}

function defineGet(deliveries: Command, { client, output, interruption }: Context): void {
  deliveries
    .command("get")
    .description("show a delivery: its tries and what is sent")
    .argument("<id>", "the delivery's id", deliveryId)
    .option("--json", "print it as JSON")
    .addHelpText("after", `\nExample:\n  $ pifleet deliveries get ${ID} --json | jq -r .body | jq .data.status`)
    .action(async (id: string, { json }: { json?: true }) => {
      const delivery = await client().deliveries.get(id, { signal: interruption.asked });
      if (json) output.json(delivery);
      else output.line(formatDelivery(delivery));
    });
}

function defineRedeliver(deliveries: Command, context: Context): void {
  deliveries
    .command("redeliver")
    .description("send a delivery again, now, or those of a webhook in a range of time")
    .argument("[id]", "the delivery's id", deliveryId)
    .option("--webhook <id>", "all of this webhook that --since, --until and --status choose", webhookId)
    .option("--since <time>", "created then or later: a time, a day, or how long ago, such as 2h", momentOption)
    .option("--until <time>", "created before then", momentOption)
    .addOption(statusOption("only those with this status; default: dead"))
    .option("--json", "print the answer as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ pifleet deliveries redeliver ${ID}\n  $ pifleet deliveries redeliver --webhook whk_01K… --since 2h`,
    )
    .action((id: string | undefined, options: RedeliverOptions) =>
      id === undefined ? redeliverRange(options, context) : redeliverOne(id, options, context),
    );
}

async function redeliverOne(id: string, options: RedeliverOptions, context: Context): Promise<void> {
  const { json, ...range } = options;
  if (Object.keys(range).length > 0) throw new UsageError("Name a delivery or a range, not both.");
  const { client, output, interruption } = context;
  const delivery = await client().deliveries.redeliver(id, { signal: interruption.asked });
  if (json) output.json(delivery);
  else output.progress(`${id} is sent again.`);
}

async function redeliverRange(options: RedeliverOptions, context: Context): Promise<void> {
  const { webhook, since, until, status, json } = options;
  if (webhook === undefined || since === undefined)
    throw new UsageError("Which ones? Name a delivery by its id, or a range with --webhook ID --since TIME.");
  const { client, output, interruption } = context;
  const answer = await client().webhooks.redeliver(webhook, { since, until, status }, { signal: interruption.asked });
  if (json) return output.json(answer);
  output.progress(`${answer.count} ${answer.count === 1 ? "delivery is" : "deliveries are"} sent again.`);
  if (answer.more) output.progress("There are more: do it again for them.");
}

function statusOption(description: string): Option {
  return new Option("--status <status>", description).choices(DELIVERY_STATUSES);
}
