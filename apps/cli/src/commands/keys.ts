import { ApiKey, issueApiKey, type Scope } from "@pifleet/invocation";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { CommandFailure, UsageError } from "../failure.ts";
import { formatTime } from "../figures.ts";
import { expiryOption, keyIdArgument, keyNameOption, scopesOption, tenantOption } from "../key-options.ts";
import { withRedis } from "../operator.ts";
import { table } from "../table.ts";

const HEADINGS = ["ID", "NAME", "TENANT", "SCOPES", "STATUS", "CREATED", "EXPIRES", "LAST USED"];

const HELP = `
These commands work in Redis itself (REDIS_URL, PIFLEET_REDIS_PREFIX), and need no API.

Examples:
  $ pifleet keys create --tenant acme --scopes invocations:read,invocations:write --expires 90d
  $ pifleet keys list --tenant acme
  $ pifleet keys revoke key_01K…`;

interface CreateOptions {
  readonly tenant: string;
  readonly name?: string;
  readonly scopes: Scope[];
  readonly expires?: number;
  readonly json?: true;
}

/** Adds `keys create`, `keys list` and `keys revoke`. */
export function defineKeys(program: Command, context: Context): void {
  const keys = program
    .command("keys")
    .description("make, list and revoke the keys to the API")
    .addHelpText("after", HELP);
  defineCreate(keys, context);
  defineKeyList(keys, context);
  defineRevoke(keys, context);
}

function defineCreate(keys: Command, context: Context): void {
  keys
    .command("create")
    .description("make a key, and print it this once")
    .requiredOption("--tenant <tenant>", "whose key it is", tenantOption)
    .option("--name <name>", "a name for people, shown in lists and in what is done with the key", keyNameOption)
    .requiredOption(
      "--scopes <scopes>",
      "what it may do, with commas: invocations:read, invocations:write, webhooks, admin (all of the tenant), operator (the fleet)",
      scopesOption,
    )
    .option(
      "--expires <time>",
      "a length of time such as 90d, or a date such as 2031-12-31; without it, never",
      expiryOption,
    )
    .option("--json", "print the key as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ pifleet keys create --tenant acme --name ci --scopes invocations:read,invocations:write --expires 90d\n" +
        "  $ PIFLEET_API_KEY=$(pifleet keys create --tenant acme --scopes operator --json | jq -r .key) pifleet queue",
    )
    .action((options: CreateOptions) => create(options, context));
}

async function create({ tenant, name, scopes, expires, json }: CreateOptions, context: Context): Promise<void> {
  const { output, interruption, operatorConfig } = context;
  const expiresMs = expires ?? null;
  if (expiresMs !== null && expiresMs <= Date.now()) throw new UsageError("That key would have expired already.");
  const { key, text } = await issueApiKey({ tenant, name: name ?? null, scopes, expiresMs });
  await withRedis(operatorConfig(), interruption.asked, ({ apiKeys }) => apiKeys.create(key));
  const { id, expiresAt } = key;
  if (json)
    return output.json({
      id,
      key: text,
      ...(name && { name }),
      tenant,
      scopes: key.scopes,
      ...(expiresAt && { expiresAt }),
    });
  const rows = [
    ["id", id],
    ["key", text],
    ...(name ? [["name", name]] : []),
    ["tenant", tenant],
    ["scopes", key.scopes.join(", ")],
    ["expires", expiresAt === null ? "never" : formatTime(expiresAt)],
  ];
  output.line(table(rows));
  output.progress(
    "The key is shown this once: keep it where secrets are kept. Nobody can get it out of Pi Fleet again.",
  );
}

function defineKeyList(keys: Command, { output, interruption, operatorConfig }: Context): void {
  keys
    .command("list")
    .description("list the keys, newest first; those that were revoked or have expired for 30 days more")
    .option("--tenant <tenant>", "only those of this tenant", tenantOption)
    .option("--json", "print the list as JSON")
    .addHelpText("after", "\nExamples:\n  $ pifleet keys list\n  $ pifleet keys list --json | jq -r '.items[].id'")
    .action(async ({ tenant, json }: { tenant?: string; json?: true }) => {
      const stored = await withRedis(operatorConfig(), interruption.asked, ({ apiKeys }) => apiKeys.list(tenant));
      const items = stored.map((key) => ApiKey.parse(key));
      if (json) output.json({ items });
      else if (items.length === 0) output.progress("There are no keys: `pifleet keys create` makes one.");
      else output.line(table([HEADINGS, ...items.map((key) => rowOf(key, Date.now()))]));
    });
}

function defineRevoke(keys: Command, { output, interruption, operatorConfig }: Context): void {
  keys
    .command("revoke")
    .description("revoke a key for good, within a second everywhere")
    .argument("<id>", "the key's id", keyIdArgument)
    .option("--json", "print the key, without its secret, as JSON")
    .addHelpText("after", "\nDoing it again changes nothing.\n\nExample:\n  $ pifleet keys revoke key_01K…")
    .action(async (id: string, { json }: { json?: true }) => {
      const revoked = await withRedis(operatorConfig(), interruption.asked, ({ apiKeys }) => apiKeys.revoke(id));
      if (!revoked) throw new CommandFailure(`There is no key with the id ${id}.`);
      if (json) output.json(ApiKey.parse(revoked));
      else output.line(`${id} of tenant ${revoked.tenant} is revoked.`);
    });
}

function rowOf(key: ApiKey, nowMs: number): string[] {
  return [
    key.id,
    key.name ?? "-",
    key.tenant,
    key.scopes.join(","),
    statusOf(key, nowMs),
    formatTime(key.createdAt),
    key.expiresAt === null ? "never" : formatTime(key.expiresAt),
    key.lastUsedAt === null ? "never" : formatTime(key.lastUsedAt),
  ];
}

function statusOf({ revokedAt, expiresAt }: ApiKey, nowMs: number): string {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs ? "expired" : "valid";
}
