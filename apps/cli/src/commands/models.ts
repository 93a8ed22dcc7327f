import type { FleetModel } from "@pifleet/client";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { plainText } from "../plain-text.ts";
import { table } from "../table.ts";

const HEADINGS = ["MODEL", "KEY", "CONTEXT", "OUTPUT", "$ IN", "$ OUT", "THINKING", "INPUT", "WORKERS"];

interface Options {
  readonly provider?: string;
  readonly json?: true;
}

export function defineModels(program: Command, { client, output, interruption }: Context): void {
  program
    .command("models")
    .description("list the models that can run here")
    .option("--provider <name>", "only those of one provider")
    .option("--json", "print the list as JSON")
    .addHelpText(
      "after",
      "\nKEY is where the key comes from, with ✗ when no worker has it; CONTEXT and OUTPUT are tokens; $ IN and $ OUT are\n" +
        "US dollars for a million tokens; THINKING are the levels that the model can do.\n" +
        "\nExamples:\n  $ pifleet models\n  $ pifleet models --provider anthropic\n  $ pifleet models --json | jq -r '.items[].id'",
    )
    .action(async ({ provider, json }: Options) => {
      const all = await client().models.list({ signal: interruption.asked });
      const items = all.filter((model) => provider === undefined || model.provider === provider);
      if (json) output.json({ items });
      else if (items.length === 0) output.progress(nothing(provider));
      else output.line(table([HEADINGS, ...items.map(rowOf)]));
    });
}

function nothing(provider: string | undefined): string {
  return provider === undefined
    ? "There are no models, because there are no workers: `pifleet worker` starts one."
    : `No worker has a model of '${provider}': \`pifleet models\` lists those that there are.`;
}

function rowOf({ id, key, ready, contextWindow, maxTokens, price, thinking, input, workers }: FleetModel): string[] {
  return [
    id,
    `${key ?? "none needed"}${ready ? "" : " ✗"}`,
    String(contextWindow),
    String(maxTokens),
    String(price.input),
    String(price.output),
    thinking.join(","),
    input.join(","),
    String(workers),
  ].map(plainText);
}
