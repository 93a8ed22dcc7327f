import { randomUUID } from "node:crypto";
import type { InvocationRecord, ReceivedProblem, SubmissionInput } from "@pifleet/client";
import { BATCH_LIMITS } from "@pifleet/invocation";
import { chunksOf } from "./batch-chunks.ts";
import { parseBatch } from "./batch-lines.ts";
import { type BatchInvocation, showResults } from "./batch-results.ts";
import type { Context } from "./context.ts";
import { ExitCode, problemLines } from "./failure.ts";
import { oneLine, plainText } from "./plain-text.ts";
import { buildDefaults, type SubmissionOptions } from "./submission.ts";
import { table } from "./table.ts";
import { readTextFrom } from "./text-file.ts";

const HEADINGS = ["LINE", "ID", "RESULT"];
const RESULT_COLUMNS = 120;
/** So many refused lines are named. */
const NAMED_LINES = 10;
/** Room for what stands around the submissions in a body. */
const ENVELOPE_BYTES = 1_024;

interface BatchOptions extends SubmissionOptions {
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
  /** Whether the results are waited for. */
  readonly wait?: true;
  readonly json?: true;
}

/** A line with what the options say. */
interface WholeLine {
  readonly number: number;
  readonly submission: SubmissionInput;
}

/** What came of one line. */
interface Answer {
  readonly line: number;
  readonly item: InvocationRecord | ReceivedProblem;
}

/**
 * Submits what a file holds, one submission a line, or standard input for `-`. What the options say holds for every
 * line that does not say it itself. Nothing is submitted when a line is no JSON object. Returns the exit code: whether
 * all were taken.
 */
export async function submitBatch(path: string, options: BatchOptions, context: Context): Promise<number> {
  const { stdin, interruption, output } = context;
  const text = await readTextFrom(path, { stdin, signal: interruption.asked });
  const lines = parseBatch(text, path === "-" ? "Standard input" : path);
  const defaults = await buildDefaults(options);
  // The API judges each: `input` may be missing, and anything else may be wrong.
  const whole = lines.map((line) => ({ ...line, submission: { ...defaults, ...line.submission } as SubmissionInput }));
  // Chosen here and not by the client, so that the user can be told of it.
  const key = options.idempotencyKey ?? randomUUID();
  const refused: number[] = [];
  const submitted: BatchInvocation[] = [];
  let headings = true;
  for await (const answers of send(whole, key, options, context)) {
    for (const { line, item } of answers)
      if (isProblem(item)) refused.push(line);
      else submitted.push({ line, id: item.id });
    // With --wait the results are what is printed, and of the others that they were refused.
    const shown = options.wait ? answers.filter(({ item }) => isProblem(item)) : answers;
    if (shown.length > 0) show(shown, { headings, ...options }, context);
    headings &&= shown.length === 0;
  }
  output.progress(summary(lines.length, refused, key));
  const unsuccessful = options.wait ? await results(submitted, options, context) : 0;
  return refused.length + unsuccessful === 0 ? ExitCode.done : ExitCode.failed;
}

async function results(submitted: readonly BatchInvocation[], { json }: BatchOptions, context: Context) {
  try {
    const unsuccessful = await showResults(submitted, json === true, context);
    context.output.progress(`${submitted.length - unsuccessful} of ${submitted.length} succeeded.`);
    return unsuccessful;
  } finally {
    if (context.interruption.asked.aborted)
      context.output.progress("\nThe invocations go on. See them with: pifleet list");
  }
}

function summary(all: number, refused: readonly number[], key: string): string {
  const taken = `${all - refused.length} of ${all} submitted`;
  return refused.length === 0 ? `${taken}.` : `${taken}; refused: ${named(refused)}. ${again(key)}`;
}

/** Sends chunk by chunk, each with a key of its own: one that is sent twice is taken once. */
async function* send(
  lines: readonly WholeLine[],
  key: string,
  { traceparent }: BatchOptions,
  { client, interruption, output }: Context,
): AsyncGenerator<Answer[], void, undefined> {
  const limits = { count: BATCH_LIMITS.invocations, bytes: BATCH_LIMITS.bytes - ENVELOPE_BYTES };
  const fleet = client();
  let chunkNumber = 0;
  for (const chunk of chunksOf(lines, limits)) {
    chunkNumber += 1;
    const call = { idempotencyKey: `${key}/${chunkNumber}`, traceparent, signal: interruption.asked };
    const submissions = chunk.map(({ submission }) => submission);
    try {
      const items = await fleet.invocations.createMany(submissions, call);
      yield items.map((item, i) => ({ item, line: chunk[i]?.number ?? 0 }));
    } catch (error) {
      output.progress(`From line ${chunk[0]?.number} on it is not certain what was submitted. ${again(key)}`);
      throw error;
    }
  }
}

function show(
  answers: readonly Answer[],
  { headings, json, wait }: { headings: boolean } & Pick<BatchOptions, "json" | "wait">,
  { output }: Context,
): void {
  if (json) for (const { line, item } of answers) output.json(wait ? { line, ...item } : item);
  else output.line(table([...(headings ? [HEADINGS] : []), ...answers.map(rowOf)]));
}

function rowOf({ line, item }: Answer): string[] {
  if (!isProblem(item)) return [String(line), item.id, item.status].map(plainText);
  return [String(line), "-", oneLine(`refused: ${problemLines(item).join("; ")}`, RESULT_COLUMNS)];
}

function isProblem(item: InvocationRecord | ReceivedProblem): item is ReceivedProblem {
  return !("id" in item);
}

function named(lines: readonly number[]): string {
  const rest = lines.length - NAMED_LINES;
  const first = lines.slice(0, NAMED_LINES).join(", ");
  return `${lines.length === 1 ? "line" : "lines"} ${first}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function again(key: string): string {
  return `With --idempotency-key ${key} the same batch can be submitted again, and nothing is submitted twice.`;
}
