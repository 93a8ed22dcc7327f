import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { type NewWebhook, verifyWebhook, type WebhookEvent, WebhookVerificationError } from "@pifleet/client";
import { InvocationFields, WebhookSecret } from "@pifleet/invocation";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { formatEnding } from "../ending.ts";
import { ExitCode, UsageError } from "../failure.ts";
import { elapsedMs, formatTime } from "../figures.ts";
import { namesOption, portOption, textsOption } from "../option-values.ts";
import type { Paint } from "../output.ts";
import { oneLine, plainText } from "../plain-text.ts";
import { Receiver, Refusal } from "../receiver.ts";
import { readSecret } from "../secret-option.ts";

const PORT = 8788;
const TYPE_COLUMNS = 60;
const PATH_COLUMNS = 60;

const HELP = `
Receives until Ctrl-C. What is not signed with one of the secrets, or is older than five minutes, is refused with 400.
Without --secret everything is taken, unverified. With --register the fleet gets a webhook for this address, whose secret
is known here alone, and loses it again in the end; --url says how the fleet reaches this machine, when it is another one
or sits behind a tunnel. The fleet must be allowed to send to this machine: one that
\`pifleet dev\` runs here is, others are with PIFLEET_WEBHOOK_ALLOW=loopback.

Examples:
  $ pifleet listen --register
  $ pifleet listen --register --url https://my-tunnel.example.com/ --events invocation.failed
  $ pifleet listen --secret @secret.txt
  $ pifleet listen --port 9000 --json | jq -r .data.output
  $ pifleet submit --model demo/scripted --webhook http://127.0.0.1:${PORT}/ "Say hello"`;

interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly secret?: readonly string[];
  readonly register?: true;
  readonly url?: string;
  readonly events?: readonly string[];
  readonly json?: true;
}

/** What was received; nobody has vouched for it unless it was verified. */
type Received = WebhookEvent | { readonly id: string | undefined; readonly type: string; readonly data: unknown };

export function defineListen(program: Command, context: Context): void {
  program
    .command("listen")
    .description("receive webhooks on this machine, verify and show them, until Ctrl-C")
    .option("--port <number>", "where to listen; 0 for any free port", portOption, PORT)
    .option("--host <address>", "the address to listen at", "127.0.0.1")
    .option("--secret <secret>", "what messages are signed with; @path reads it from a file; repeatable", textsOption)
    .option("--register", "create a webhook of the fleet for this address, and delete it in the end")
    .option("--url <url>", "with --register: the address that the fleet sends to")
    .option("--events <types>", "with --register: only these, with commas between them", namesOption)
    .option("--json", "print every event as a line of JSON")
    .addHelpText("after", HELP)
    .action((options: ListenOptions) => listen(options, context));
}

async function listen(options: ListenOptions, context: Context): Promise<void> {
  const { host, port, secret = [], register, json } = options;
  const { output, interruption } = context;
  if (!register && (options.url !== undefined || options.events !== undefined))
    throw new UsageError("--url and --events go with --register.");
  const secrets = await Promise.all(secret.map(readGoodSecret));
  const receiver = new Receiver(async ({ body, headers, path }) => {
    try {
      const event = await received(body, headers, secrets);
      if (json) output.json(event);
      else output.line(formatEvent(event, path, output.paint));
    } catch (error) {
      output.progress(plainText(`refused: ${error instanceof Error ? error.message : String(error)}`));
      throw error;
    }
  });
  const address = await receiver.listen(host, port);
  try {
    const webhook = register && (await registered(address, options, context));
    if (webhook) secrets.push(webhook.secret);
    output.progress(`Listening at ${address} until Ctrl-C.${secrets.length === 0 ? " Nothing is verified." : ""}`);
    if (!interruption.asked.aborted) await once(interruption.asked, "abort");
    if (webhook) await context.client().webhooks.delete(webhook.id);
  } finally {
    await receiver.close();
  }
  context.exitCode = interruption.exitCode ?? ExitCode.done;
}

/** A webhook of the fleet that sends to this program. */
async function registered(address: string, { url = address, events }: ListenOptions, context: Context) {
  const { client, output, interruption } = context;
  const description = "pifleet listen --register";
  const webhook = { url, events: events as NewWebhook["events"], description };
  const created = await client().webhooks.create(webhook, { signal: interruption.asked });
  output.progress(`${created.id} sends to ${plainText(created.url)}, and is deleted in the end.`);
  return created;
}

/** @throws {UsageError} when it is no secret; it does not repeat it */
async function readGoodSecret(argument: string): Promise<string> {
  const parsed = WebhookSecret.safeParse(await readSecret(argument));
  if (parsed.success) return parsed.data;
  throw new UsageError(`--secret ${parsed.error.issues[0]?.message}.`);
}

/** @throws {Refusal} for what is no event, or is not signed with one of the secrets */
async function received(body: Buffer, headers: IncomingHttpHeaders, secrets: readonly string[]): Promise<Received> {
  if (secrets.length === 0) return unverified(body, headers);
  try {
    return await verifyWebhook(body, headers, secrets);
  } catch (error) {
    throw error instanceof WebhookVerificationError ? new Refusal(error.message, { cause: error }) : error;
  }
}

function unverified(body: Buffer, headers: IncomingHttpHeaders): Received {
  try {
    const event = JSON.parse(body.toString());
    if (typeof event?.type === "string") return { id: String(headers["webhook-id"] ?? ""), ...event };
  } catch (cause) {
    throw new Refusal("the body is not JSON", { cause });
  }
  throw new Refusal("the body is not the event of a webhook");
}

/** One event for people: to which path it came, of which invocation it is, and how that ended. */
function formatEvent({ id, type, data }: Received, path: string, paint: Paint): string {
  const { data: record } = InvocationFields.safeParse(data);
  const place = oneLine(path, PATH_COLUMNS);
  if (!record) return `${place}  ${oneLine(`${type} ${id ?? ""}`, TYPE_COLUMNS)}`;
  const ranMs = elapsedMs(record.startedAt, record.endedAt);
  const time = formatTime(record.endedAt ?? record.createdAt);
  return `${time}  ${place}  ${record.id}  ${formatEnding({ ...record, ranMs }, paint)}`;
}
