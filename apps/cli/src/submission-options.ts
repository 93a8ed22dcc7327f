import type { Command } from "commander";
import {
  durationOption,
  integerOption,
  namesOption,
  numbersOption,
  pairsOption,
  textsOption,
} from "./option-values.ts";

/** Gives a command the options that say what is submitted, whatever the command does then. */
export function submissionOptions(command: Command): Command {
  return command
    .option("--model <provider/model>", "the model, such as demo/scripted, which needs no key")
    .option("--name <text>", "a name for people, shown in lists")
    .option("--input <text>", "the prompt; @path reads it from a file, @- from standard input")
    .option("--file <path[=target]>", "put this file into the workspace; repeatable", textsOption)
    .option("--instructions <text>", "what the agent is told about its work, as in AGENTS.md; @path reads a file")
    .option("--tools <names>", "allow these tools only, such as read,bash", namesOption)
    .option("--metadata <name=value>", "keep this with the record; repeatable", pairsOption)
    .option("--limit <name=number>", "bound the run, such as totalMs=60000 or maxTurns=5; repeatable", numbersOption)
    .option("--priority <number>", "a higher one is claimed first, 0 to 1000", integerOption)
    .option("--delay <time>", "wait before it may be claimed, such as 30s or 2h", durationOption)
    .option("--idempotency-key <key>", "the same key and submission name the same invocation")
    .option("--traceparent <value>", "hang the run's spans under this span (W3C Trace Context)")
    .option("--trace-endpoint <url>", "send the run's spans to this OTLP/HTTP traces receiver, too: its whole URL")
    .option(
      "--trace-header <name: value>",
      "a header for that receiver, such as its key; @path reads a file with one a line; repeatable",
      textsOption,
    )
    .option("--trace-content", "put prompts, messages, tool arguments and results into the spans")
    .option("--no-trace-content", "leave them out, whatever the deployment does")
    .option("--webhook <url>", "tell this URL when it has ended")
    .option("--webhook-secret <secret>", "sign that message with this whsec_… secret; @path reads it from a file")
    .option("--webhook-events <types>", "tell only of these, such as invocation.failed; default: all", namesOption);
}
