import type { InvocationRecord } from "@pifleet/client";
import { BATCH_LIMITS } from "@pifleet/invocation";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { UsageError } from "../failure.ts";
import { showEvents, showOutput } from "../follow.ts";
import { buildSubmission, type SubmissionOptions } from "../submission.ts";
import { submissionOptions } from "../submission-options.ts";
import { submitBatch } from "../submit-batch.ts";

interface SubmitOptions extends SubmissionOptions {
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
  readonly watch?: true;
  readonly wait?: true;
  readonly batch?: string;
  readonly json?: true;
}

const HELP = `
The prompt is the text, or --input, or what comes on standard input. Without --watch and --wait the id is
printed as soon as the invocation is queued. With either, the exit code is 0 when it succeeded and 1 when it did not.

With --batch every line of a file is a submission: a JSON object, as the API takes it. What the other options say holds
for the lines that do not say it themselves. It is sent in chunks of ${BATCH_LIMITS.invocations}; each line is taken or refused by itself,
and the exit code is 1 when one was refused. Nothing is sent when a line is no JSON object. With --wait each line is
printed when its invocation has ended, in that order, and the exit code is 1 when one did not succeed; with --json it is
the record with the number of the line: {"line": 3, "id": …}.

Examples:
  $ pifleet submit --model demo/scripted --watch "Say hello"
  $ pifleet submit --model anthropic/claude-sonnet-4-5 --file src/a.ts --wait < task.md > answer.md
  $ pifleet submit --model openai/gpt-5 --instructions @AGENTS.md --limit totalMs=600000 --metadata ticket=X-1 "Fix X-1"
  $ pifleet submit --model demo/scripted --trace-endpoint https://otlp.example.com/v1/traces --trace-header @key.txt "Hi"
  $ pifleet submit --model demo/scripted --webhook https://example.com/hook --webhook-secret @secret.txt "Say hello"
  $ jq -c '{input: .title, metadata: {ticket: .id}}' tickets.json | pifleet submit --model demo/scripted --batch -
  $ pifleet submit --batch tasks.ndjson --idempotency-key nightly-2031-05-01 --wait --json > results.ndjson`;

export function defineSubmit(program: Command, context: Context): void {
  submissionOptions(program.command("submit"))
    .description("submit an invocation")
    .argument("[text]", "the prompt")
    .option("--watch", "show what it does, live, until it has ended")
    .addOption(new Option("--wait", "wait until it has ended and print its output").conflicts("watch"))
    .addOption(
      new Option("--batch <path>", "submit what this file holds, one submission a line; - is standard input").conflicts(
        ["input", "watch"],
      ),
    )
    .option("--json", "print the record as JSON; with --watch or --batch one event or record a line")
    .addHelpText("after", HELP)
    .action((text: string | undefined, options: SubmitOptions) => submit(text, options, context));
}

async function submit(text: string | undefined, options: SubmitOptions, context: Context): Promise<void> {
  if (options.batch !== undefined) return submitAll(text, options.batch, options, context);
  const { client, stdin, interruption } = context;
  const fleet = client();
  const signal = interruption.asked;
  const submission = await buildSubmission(text, options, { stdin, signal });
  const { idempotencyKey, traceparent } = options;
  const record = await fleet.invocations.create(submission, { idempotencyKey, traceparent, signal });
  if (!options.watch && !options.wait) return printQueued(record, options, context);
  context.output.progress(record.id);
  const show = options.watch ? showEvents : showOutput;
  context.exitCode = await show(context, record.id, { json: options.json });
}

async function submitAll(
  text: string | undefined,
  batch: string,
  options: SubmitOptions,
  context: Context,
): Promise<void> {
  if (text !== undefined) throw new UsageError("Give the prompt as text or submissions with --batch, not both.");
  context.exitCode = await submitBatch(batch, options, context);
}

function printQueued(record: InvocationRecord, { json }: SubmitOptions, { output }: Context): void {
  if (json) output.json(record);
  else output.line(record.id);
}
