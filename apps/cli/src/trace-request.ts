import type { SubmissionInput } from "@pifleet/client";
import { UsageError } from "./failure.ts";
import { readTextFile } from "./text-file.ts";

/** What the command line says about the trace of a submission. */
export interface TraceOptions {
  readonly traceEndpoint?: string;
  /** `name: value`, or `@path`. */
  readonly traceHeader?: readonly string[];
  readonly traceContent?: boolean;
}

/**
 * What the submission asks of its trace; nothing when the command line says nothing of it.
 * @throws {UsageError} when a header has no name or a file cannot be read; it never repeats a header, which may hold a key
 */
export async function buildTraceRequest(options: TraceOptions): Promise<SubmissionInput["trace"]> {
  const { traceEndpoint: endpoint, traceHeader, traceContent: content } = options;
  if (endpoint === undefined && traceHeader === undefined && content === undefined) return undefined;
  const lines = traceHeader && (await Promise.all(traceHeader.map(linesOf))).flat();
  return { endpoint, headers: lines && Object.fromEntries(lines.map(splitHeader)), content };
}

async function linesOf(argument: string): Promise<string[]> {
  if (!argument.startsWith("@")) return [argument];
  const text = await readTextFile(argument.slice(1));
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function splitHeader(line: string): [name: string, value: string] {
  const at = line.indexOf(":");
  if (at < 1) throw new UsageError("A header for --trace-header must be 'name: value'.");
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
