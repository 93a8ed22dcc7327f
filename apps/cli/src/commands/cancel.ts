import type { Command } from "commander";
import type { Context } from "../context.ts";
import { formatStatus } from "../ending.ts";
import { idArgument } from "../option-values.ts";

export function defineCancel(program: Command, { client, output, interruption }: Context): void {
  program
    .command("cancel")
    .description("cancel an invocation; one that runs ends soon after")
    .argument("<id>", "the invocation's id", idArgument)
    .option("--json", "print the record as JSON")
    .addHelpText("after", "\nExample:\n  $ pifleet cancel inv_01K…")
    .action(async (id: string, { json }: { json?: true }) => {
      const record = await client().invocations.cancel(id, { signal: interruption.asked });
      if (json) output.json(record);
      else output.line(`${record.id}  ${formatStatus(record.status, output.paint)}`);
    });
}
