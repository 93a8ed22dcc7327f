import type { Command } from "commander";
import type { Context } from "../context.ts";
import { showEvents } from "../follow.ts";
import { plainText } from "../plain-text.ts";
import { buildSubmission, type SubmissionOptions } from "../submission.ts";
import { submissionOptions } from "../submission-options.ts";
import { saveArtifacts } from "./artifacts.ts";

interface RunOptions extends SubmissionOptions {
  readonly output: string;
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
  readonly json?: true;
}

const HELP = `
Submits, shows what the run does, and writes the files that it leaves in outputs/ below the directory of --output, in
place of what is there. The prompt is the text, or --input, or what comes on standard input. The exit code is 0 when the run
succeeded and 1 when it did not; Ctrl-C leaves it running.

Examples:
  $ pifleet run --model anthropic/claude-sonnet-4-5 --file src/a.ts "Review src/a.ts; write outputs/review.md"
  $ pifleet run --model demo/scripted --output results "Say hello"`;

export function defineRun(program: Command, context: Context): void {
  submissionOptions(program.command("run"))
    .description("submit an invocation, watch it, and download its artifacts")
    .argument("[text]", "the prompt")
    .option("--output <directory>", "where its artifacts are written", "outputs")
    .option("--json", "print every event as a line of JSON")
    .addHelpText("after", HELP)
    .action((text: string | undefined, options: RunOptions) => run(text, options, context));
}

async function run(text: string | undefined, options: RunOptions, context: Context): Promise<void> {
  const { client, stdin, interruption, output } = context;
  const fleet = client();
  const signal = interruption.asked;
  const { output: directory, idempotencyKey, traceparent, json, ...said } = options;
  const submission = await buildSubmission(text, said, { stdin, signal });
  const { id } = await fleet.invocations.create(submission, { idempotencyKey, traceparent, signal });
  output.progress(id);
  context.exitCode = await showEvents(context, id, { json });
  const items = await fleet.artifacts.list(id, { signal });
  await saveArtifacts(id, items, directory, context, (_artifact, file) => output.progress(`wrote ${plainText(file)}`));
}
