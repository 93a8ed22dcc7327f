import type { NewWebhook, Webhook, WebhookChanges } from "@pifleet/client";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { formatDelivery } from "../delivery-rows.ts";
import { ExitCode, UsageError } from "../failure.ts";
import { formatTime } from "../figures.ts";
import { idOf, namesOption } from "../option-values.ts";
import { plainText } from "../plain-text.ts";
import { readSecret } from "../secret-option.ts";
import { table } from "../table.ts";
import { testWebhook } from "../webhook-test.ts";

const HEADINGS = ["ID", "STATE", "URL", "EVENTS", "CREATED", "DESCRIPTION"];
const ID = "whk_01K…";
const webhookId = idOf("a webhook", ID);
const KEEP_IT = "Keep the secret: it is not shown again.";

const HELP = `
A webhook is told how invocations end, in messages that Standard Webhooks 1.0 describes.

Examples:
  $ pifleet webhooks create https://example.com/hook --events invocation.failed,invocation.timed_out
  $ pifleet webhooks list --json | jq -r '.items[].url'`;

interface WebhookOptions {
  readonly url?: string;
  readonly events?: string[];
  readonly description?: string;
  readonly enable?: true;
  readonly disable?: true;
  /** The secret, or `@path`. */
  readonly secret?: string;
  readonly json?: true;
}

/** Adds `webhooks` and its commands. */
export function defineWebhooks(program: Command, context: Context): void {
  const webhooks = program
    .command("webhooks")
    .description("manage what is told when invocations end")
    .addHelpText("after", HELP);
  for (const define of [
    defineCreate,
    defineList,
    defineGet,
    defineUpdate,
    defineRotateSecret,
    defineTest,
    defineDelete,
  ])
    define(webhooks, context);
}

function defineCreate(webhooks: Command, { client, output, interruption }: Context): void {
  subcommand(webhooks, "create", "create a webhook; its secret is shown this once", "https://example.com/hook")
    .argument("<url>", "where the messages are sent")
    .option("--events <types>", "tell only of these, with commas between them; default: all", namesOption)
    .option("--description <text>", "what it is for")
    .option("--secret <secret>", "sign with this whsec_… secret; @path reads it from a file; default: one is made")
    .action(async (url: string, { events, description, secret, json }: WebhookOptions) => {
      const webhook = { url, events: asTypes(events), description, secret: await readSecret(secret) };
      const created = await client().webhooks.create(webhook, { signal: interruption.asked });
      if (json) return output.json(created);
      output.line(formatWebhook(created));
      output.progress(KEEP_IT);
    });
}

function defineList(webhooks: Command, { client, output, interruption }: Context): void {
  subcommand(webhooks, "list", "list the webhooks, newest first", "").action(async ({ json }: WebhookOptions) => {
    const items = await client().webhooks.list({ signal: interruption.asked });
    if (json) output.json({ items, nextCursor: null });
    else if (items.length === 0) output.progress("There are no webhooks: `pifleet webhooks create URL` makes one.");
    else output.line(table([HEADINGS, ...items.map(rowOf)]));
  });
}

function defineGet(webhooks: Command, { client, output, interruption }: Context): void {
  subcommand(webhooks, "get", "show a webhook", ID)
    .argument("<id>", "the webhook's id", webhookId)
    .action(async (id: string, { json }: WebhookOptions) => {
      const webhook = await client().webhooks.get(id, { signal: interruption.asked });
      if (json) output.json(webhook);
      else output.line(formatWebhook(webhook));
    });
}

function defineUpdate(webhooks: Command, { client, output, interruption }: Context): void {
  subcommand(webhooks, "update", "change a webhook; what is not named stays as it is", `${ID} --enable`)
    .argument("<id>", "the webhook's id", webhookId)
    .option("--url <url>", "where the messages are sent")
    .option("--events <types>", 'tell only of these, with commas between them; "" for all', namesOption)
    .option("--description <text>", "what it is for")
    .addOption(new Option("--enable", "send messages again").conflicts("disable"))
    .option("--disable", "send no messages")
    .option("--secret <secret>", "sign with this secret; the old one is good for 24 h more; @path reads it from a file")
    .action(async (id: string, options: WebhookOptions) => {
      const changes = await changesOf(options);
      if (Object.values(changes).every((value) => value === undefined))
        throw new UsageError("What is to be different? See pifleet webhooks update --help.");
      const { secret, ...webhook } = await client().webhooks.update(id, changes, { signal: interruption.asked });
      if (options.json) output.json({ ...webhook, secret });
      else output.line(formatWebhook(webhook));
    });
}

function defineRotateSecret(webhooks: Command, { client, output, interruption }: Context): void {
  subcommand(webhooks, "rotate-secret", "make a new secret, which is shown this once; the old one is good for 24 h", ID)
    .argument("<id>", "the webhook's id", webhookId)
    .action(async (id: string, { json }: WebhookOptions) => {
      const webhook = await client().webhooks.rotateSecret(id, { signal: interruption.asked });
      if (json) return output.json(webhook);
      output.line(plainText(webhook.secret));
      output.progress(KEEP_IT);
    });
}

function defineTest(webhooks: Command, context: Context): void {
  subcommand(webhooks, "test", "send a message through the fleet, and show what the receiver answers", ID)
    .argument("<id>", "the webhook's id", webhookId)
    .addHelpText(
      "after",
      "\nIt submits an invocation of demo/scripted, which needs no key, and waits for the try that tells of its end. Other\n" +
        "webhooks are told of it too. The exit code is 0 when the message was delivered, and 1 when it was not.",
    )
    .action(async (id: string, { json }: WebhookOptions) => {
      const delivery = await testWebhook(id, context);
      if (json) context.output.json(delivery);
      else context.output.line(formatDelivery(delivery));
      context.exitCode = delivery.status === "delivered" ? ExitCode.done : ExitCode.failed;
    });
}

function defineDelete(webhooks: Command, { client, output, interruption }: Context): void {
  subcommand(webhooks, "delete", "delete a webhook; its deliveries stay in the ledger", ID)
    .argument("<id>", "the webhook's id", webhookId)
    .action(async (id: string, { json }: WebhookOptions) => {
      await client().webhooks.delete(id, { signal: interruption.asked });
      if (json) output.json({ id, deleted: true });
      else output.progress(`${id} is deleted.`);
    });
}

function subcommand(webhooks: Command, name: string, description: string, example: string): Command {
  return webhooks
    .command(name, { isDefault: name === "list" })
    .description(description)
    .option("--json", "print the answer as JSON")
    .addHelpText("after", `\nExample:\n  $ ${`pifleet webhooks ${name} ${example}`.trimEnd()}`);
}

async function changesOf({
  url,
  events,
  description,
  enable,
  disable,
  secret,
}: WebhookOptions): Promise<WebhookChanges> {
  const enabled = enable ? true : disable ? false : undefined;
  return { url, events: asTypes(events), description, enabled, secret: await readSecret(secret) };
}

/** The API checks them, and knows more of them than this program may. */
function asTypes(events: string[] | undefined): NewWebhook["events"] {
  return events as NewWebhook["events"];
}

function rowOf(webhook: Webhook): string[] {
  const { id, url, createdAt, description } = webhook;
  return [id, stateOf(webhook), url, eventsOf(webhook), formatTime(createdAt), description].map(plainText);
}

/** A webhook for people: its fields, one a line. */
function formatWebhook(webhook: Webhook & { readonly secret?: string }): string {
  const { id, url, description, createdAt, updatedAt, secret } = webhook;
  const fields: [name: string, value: string | undefined][] = [
    ["id", id],
    ["url", url],
    ["events", eventsOf(webhook)],
    ["state", stateOf(webhook)],
    ["description", description],
    ["created", formatTime(createdAt)],
    ["updated", updatedAt === createdAt ? "" : formatTime(updatedAt)],
    ["secret", secret],
  ];
  return plainText(table(fields.flatMap(([name, value]) => (value ? [[name, value]] : []))));
}

function eventsOf({ events }: Webhook): string {
  return events.length === 0 ? "all" : events.join(",");
}

function stateOf({ enabled, disabledReason }: Webhook): string {
  if (enabled) return "enabled";
  return disabledReason === null ? "disabled" : `disabled: ${disabledReason}`;
}
