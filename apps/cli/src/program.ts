import { Command } from "commander";
import manifest from "../package.json" with { type: "json" };
import { defineArtifacts } from "./commands/artifacts.ts";
import { defineCompletion } from "./commands/completion.ts";
import { defineDeliveries } from "./commands/deliveries.ts";
import { defineDev } from "./commands/dev.ts";
import { defineGet } from "./commands/get.ts";
import { defineKeys } from "./commands/keys.ts";
import { defineList } from "./commands/list.ts";
import { defineListen } from "./commands/listen.ts";
import { defineModels } from "./commands/models.ts";
import { defineQueue } from "./commands/queue.ts";
import { defineRun } from "./commands/run.ts";
import { defineServices } from "./commands/services.ts";
import { defineSubmit } from "./commands/submit.ts";
import { defineTrace } from "./commands/trace.ts";
import { defineTransitions } from "./commands/transitions.ts";
import { defineWatch } from "./commands/watch.ts";
import { defineWebhooks } from "./commands/webhooks.ts";
import { defineWorkers } from "./commands/workers.ts";
import type { Context } from "./context.ts";

const DEFINITIONS = [
  defineDev,
  defineServices,
  defineSubmit,
  defineRun,
  defineWatch,
  defineGet,
  defineList,
  defineTransitions,
  defineTrace,
  defineArtifacts,
  defineWebhooks,
  defineDeliveries,
  defineListen,
  defineModels,
  defineWorkers,
  defineQueue,
  defineKeys,
  defineCompletion,
];

const HELP = `
Environment:
  PIFLEET_URL      where the API is (default: http://127.0.0.1:8787)
  PIFLEET_API_KEY  the key to show there
  REDIS_URL        where Redis is, for the operators' commands (default: redis://127.0.0.1:6379)
  NO_COLOR         when set, nothing is coloured
  CI               when set, no spinner tells what is waited for

Data goes to standard output, progress to standard error.
Exit codes: 0 done, 1 the invocation did not succeed or the request failed, 2 wrong usage, 130 interrupted.`;

/** The whole command line; it throws a `CommanderError` where Commander would exit. */
export function defineProgram(context: Context): Command {
  const program = new Command("pifleet")
    .description("Runs AI coding agents as background jobs that lose nothing and show everything.")
    .version(manifest.version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "pifleet: ")) })
    .showHelpAfterError("Try it with --help.")
    .addHelpText("after", HELP);
  for (const define of DEFINITIONS) define(program, context);
  return program;
}
