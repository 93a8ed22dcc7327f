import type { Command } from "commander";
import type { Context } from "../context.ts";
import { formatStatus } from "../ending.ts";
import { idArgument } from "../option-values.ts";

const TRANSITIONS = [
  { name: "cancel", description: "cancel an invocation; one that runs ends soon after" },
  { name: "pause", description: "stop the processes of a running invocation where they are; its worker keeps it" },
  { name: "resume", description: "let a paused invocation run on" },
] as const;

/** Adds the commands that ask for a change of an invocation's status and show the record that they are answered with. */
export function defineTransitions(program: Command, { client, output, interruption }: Context): void {
  for (const { name, description } of TRANSITIONS) {
    const command = program
      .command(name)
      .description(description)
      .argument("<id>", "the invocation's id", idArgument)
      .option("--json", "print the record as JSON");
    if (name === "cancel") command.option("--reason <text>", "why, for whoever reads the record");
    command
      .addHelpText("after", `\nDoing it again changes nothing.\n\nExample:\n  $ pifleet ${name} inv_01K…`)
      .action(async (id: string, { json, reason }: { json?: true; reason?: string }) => {
        const record = await client().invocations[name](id, { reason, signal: interruption.asked });
        if (json) output.json(record);
        else output.line(`${record.id}  ${formatStatus(record.status, output.paint)}`);
      });
  }
  program
    .command("retry")
    .description("submit an ended invocation again: a new one, with a budget of its own")
    .argument("<id>", "the ended invocation's id", idArgument)
    .option("--idempotency-key <key>", "the same key and id name the same retry")
    .option("--json", "print the new record as JSON")
    .addHelpText(
      "after",
      "\nPrints the id of the new invocation.\n\nExample:\n  $ pifleet watch $(pifleet retry inv_01K…)",
    )
    .action(async (id: string, { json, idempotencyKey }: { json?: true; idempotencyKey?: string }) => {
      const record = await client().invocations.retry(id, { idempotencyKey, signal: interruption.asked });
      if (json) output.json(record);
      else output.line(record.id);
    });
}
