import type { FleetQueue } from "@pifleet/client";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { table } from "../table.ts";

const CHANGES = [
  { name: "pause", description: "let no worker claim anything; what runs goes on" },
  { name: "resume", description: "let workers claim again" },
] as const;

/** Adds `queue`, `queue pause` and `queue resume`; each shows how deep the queue then is. */
export function defineQueue(program: Command, { client, output, interruption }: Context): void {
  const show = async (json: true | undefined, ask: "get" | "pause" | "resume") => {
    const depth = await client().queue[ask]({ signal: interruption.asked });
    if (json) output.json(depth);
    else output.line(formatQueue(depth));
  };
  const queue = program
    .command("queue")
    .description("show how deep the queue is; pause it and let it go on")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ pifleet queue\n  $ pifleet queue pause\n  $ pifleet queue --json | jq .waiting",
    )
    .action(({ json }: { json?: true }) => show(json, "get"));
  for (const { name, description } of CHANGES) {
    queue
      .command(name)
      .description(description)
      .option("--json", "print the queue as JSON")
      .addHelpText("after", `\nDoing it again changes nothing.\n\nExample:\n  $ pifleet queue ${name}`)
      .action((_options, command: Command) => show(command.optsWithGlobals<{ json?: true }>().json, name));
  }
}

function formatQueue({ waiting, delayed, claimed, paused, providers, tenants }: FleetQueue): string {
  return table([
    ["waiting", String(waiting)],
    ["delayed", String(delayed)],
    ["claimed", String(claimed)],
    ["paused", paused ? "yes, workers claim nothing" : "no"],
    // An older API does not tell.
    ...(providers ?? []).map(({ provider, reason, since, until }) => [
      `held: ${provider}`,
      `${reason} since ${since}, asked again at ${until}`,
    ]),
    ...tenants.map((one) => [one.tenant, `${one.waiting} waiting, ${one.admitted} admitted`]),
  ]);
}
