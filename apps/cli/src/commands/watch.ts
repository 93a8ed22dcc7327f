import type { Command } from "commander";
import type { Context } from "../context.ts";
import { showEvents } from "../follow.ts";
import { idArgument } from "../option-values.ts";

export function defineWatch(program: Command, context: Context): void {
  program
    .command("watch")
    .description("show what an invocation does, live, until it has ended")
    .argument("<id>", "the invocation's id", idArgument)
    .option("--after <event>", "go on behind the event with this id")
    .option("--json", "print every event as a line of JSON")
    .addHelpText(
      "after",
      "\nThe exit code is 0 when the invocation succeeded and 1 when it ended otherwise. Ctrl-C leaves; the invocation goes on.\n" +
        "\nExamples:\n  $ pifleet watch inv_01K…\n  $ pifleet watch inv_01K… --json | jq -r 'select(.type == \"message.completed\").text'",
    )
    .action(async (id: string, options: { after?: string; json?: true }) => {
      context.exitCode = await showEvents(context, id, options);
    });
}
