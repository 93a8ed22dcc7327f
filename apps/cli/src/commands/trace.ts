import type { Command } from "commander";
import type { Context } from "../context.ts";
import { idArgument } from "../option-values.ts";
import { waterfall } from "../waterfall.ts";

export function defineTrace(program: Command, { client, output, interruption }: Context): void {
  program
    .command("trace")
    .description("show the spans of an invocation as a waterfall, also while it runs")
    .argument("<id>", "the invocation's id", idArgument)
    .option("--json", "print the spans as JSON")
    .addHelpText(
      "after",
      "\nA bar that ends with … is a span that goes on. Long waits, such as for a worker, are not drawn to scale.\n" +
        "\nExamples:\n  $ pifleet trace inv_01K…\n  $ pifleet trace inv_01K… --json | jq -r '.items[].name'",
    )
    .action(async (id: string, { json }: { json?: true }) => {
      const items = await client().invocations.trace(id, { signal: interruption.asked });
      if (json) output.json({ items });
      else if (items.length === 0) output.progress("There are no spans of this invocation.");
      else output.line(waterfall(items, { columns: output.columns, paint: output.paint }));
    });
}
