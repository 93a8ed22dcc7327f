import { basename, isAbsolute, normalize } from "node:path";
import type { SubmissionInput } from "@pifleet/client";
import { UsageError } from "./failure.ts";
import { readTextFile, readTextFrom, type StandardInput } from "./text-file.ts";
import { buildTraceRequest, type TraceOptions } from "./trace-request.ts";
import { buildWebhookRequest, type WebhookOptions } from "./webhook-request.ts";

/** What the command line says about a submission. */
export interface SubmissionOptions extends TraceOptions, WebhookOptions {
  readonly model?: string;
  readonly name?: string;
  /** The prompt, or `@path`. */
  readonly input?: string;
  readonly instructions?: string;
  readonly file?: readonly string[];
  readonly tools?: string[];
  readonly metadata?: Record<string, string>;
  readonly limit?: Record<string, number>;
  readonly priority?: number;
  readonly delay?: number;
}

const NO_MODEL = "Which model? Name it with --model provider/model; --model demo/scripted needs no key.";
const NO_PROMPT =
  'What is to be done? Give the prompt as text ("Fix the tests"), from a file (--input @task.md), or on standard input.';

/**
 * Builds the submission that the command line describes; what it says is for the API to judge.
 * @throws {UsageError} when the prompt or the model is missing, or a file cannot be read
 */
export async function buildSubmission(
  prompt: string | undefined,
  options: SubmissionOptions,
  standardInput: StandardInput,
): Promise<SubmissionInput> {
  if (options.model === undefined) throw new UsageError(NO_MODEL);
  return { input: await readPrompt(prompt, options.input, standardInput), ...(await buildDefaults(options)) };
}

/** Builds what the command line says of every submission, whatever its prompt. @throws {UsageError} as above */
export async function buildDefaults(options: SubmissionOptions): Promise<Omit<SubmissionInput, "input">> {
  return {
    model: options.model,
    name: options.name,
    instructions: await readInstructions(options.instructions),
    files: options.file && (await Promise.all(options.file.map(readWorkspaceFile))),
    // The API checks names, and knows more of them than this program may.
    tools: options.tools as SubmissionInput["tools"],
    limits: options.limit,
    trace: await buildTraceRequest(options),
    webhook: await buildWebhookRequest(options),
    metadata: options.metadata,
    priority: options.priority,
    delayMs: options.delay,
  };
}

async function readPrompt(
  prompt: string | undefined,
  input: string | undefined,
  standardInput: StandardInput,
): Promise<string> {
  if (prompt !== undefined && input !== undefined)
    throw new UsageError("Give the prompt as text or with --input, not both.");
  const given = prompt ?? input;
  if (given === undefined && standardInput.stdin.isTTY) throw new UsageError(NO_PROMPT);
  // A prompt that begins with an @ is text; only --input reads files.
  const path = given === undefined ? "-" : prompt === undefined && given.startsWith("@") ? given.slice(1) : undefined;
  const text = path === undefined ? (given ?? "") : await readTextFrom(path, standardInput);
  if (text.trim() === "") throw new UsageError("The prompt is empty.");
  return text;
}

async function readInstructions(instructions: string | undefined): Promise<string | undefined> {
  return instructions?.startsWith("@") ? readTextFile(instructions.slice(1)) : instructions;
}

/** `PATH`, which keeps its relative path in the workspace, or `PATH=TARGET`. */
async function readWorkspaceFile(argument: string): Promise<{ path: string; content: string }> {
  const at = argument.lastIndexOf("=");
  const source = at > 0 ? argument.slice(0, at) : argument;
  const target = at > 0 ? argument.slice(at + 1) : placeOf(source);
  return { path: target, content: await readTextFile(source) };
}

/** Where a file stands in the workspace that nobody named a place for. */
function placeOf(source: string): string {
  const path = normalize(source);
  return isAbsolute(path) || path.startsWith("..") ? basename(path) : path;
}
