import type { InvocationRecord } from "@pifleet/client";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { errorLines, formatStatus } from "../ending.ts";
import { elapsedMs, formatDuration, formatTime, formatUsage } from "../figures.ts";
import { idArgument } from "../option-values.ts";
import type { Paint } from "../output.ts";
import { plainText } from "../plain-text.ts";
import { table } from "../table.ts";
import { formatWaiting } from "../waiting.ts";

export function defineGet(program: Command, { client, output, interruption }: Context): void {
  program
    .command("get")
    .description("show an invocation as it stands, whatever its status")
    .argument("<id>", "the invocation's id", idArgument)
    .option("--json", "print the record as JSON")
    .addHelpText("after", "\nExamples:\n  $ pifleet get inv_01K…\n  $ pifleet get inv_01K… --json | jq -r .output")
    .action(async (id: string, { json }: { json?: true }) => {
      const record = await client().invocations.get(id, { signal: interruption.asked });
      if (json) output.json(record);
      else output.line(formatRecord(record, output.paint));
    });
}

/** A record for people: its fields, one a line, and below them what went wrong and the output. */
function formatRecord(record: InvocationRecord, paint: Paint): string {
  const lines = [
    `${record.id}  ${formatStatus(record.status, paint)}`,
    plainText(table(fieldsOf(record).filter(([, value]) => value !== ""))),
    ...errorLines(record.error),
    ...(record.output === null ? [] : ["", plainText(record.output)]),
  ];
  return lines.join("\n");
}

/** Fields that an older API does not have are left out. */
function fieldsOf(record: InvocationRecord): [name: string, value: string][] {
  const metadata = Object.entries(record.metadata).map(([name, value]) => `${name}=${value}`);
  return [
    ["name", oneLine(record.name ?? "")],
    ["model", record.model],
    ["input", firstLine(record)],
    ["instructions", oneLine(record.instructions ?? "")],
    ["tools", record.tools ? record.tools.join(" ") || "none" : ""],
    ["priority", record.priority ? String(record.priority) : ""],
    ["delay", record.delayMs ? formatDuration(record.delayMs) : ""],
    ["recovery", record.recovery === "fail" ? "fail" : ""],
    ["webhook", record.webhook ? [record.webhook.url, ...record.webhook.events].join(" ") : ""],
    ["submitted by", record.submittedBy ? formatActor(record.submittedBy) : ""],
    ["retry of", record.retryOf ?? ""],
    ["cancelled", record.cancellation ? formatCancellation(record.cancellation) : ""],
    ["waits for", record.waitingFor ? formatWaiting(record.waitingFor) : ""],
    ["created", formatTime(record.createdAt)],
    ["ended", formatTime(record.endedAt ?? "")],
    ...record.attempts.map((attempt): [string, string] => [`attempt ${attempt.number}`, formatAttempt(attempt)]),
    ["usage", formatUsage(record.usage)],
    ["trace", `${record.trace.traceId} (export: ${formatExport(record.trace.export)})`],
    ["metadata", metadata.join(" ")],
  ];
}

const LINE_CHARS = 200;

function firstLine({ input = "" }: Partial<InvocationRecord>): string {
  const content = typeof input === "string" ? input : (input.at(-1)?.content ?? "");
  if (typeof content === "string") return oneLine(content);
  return oneLine(content.map((part) => (part.type === "text" ? part.text : `[${part.mediaType}]`)).join(" "));
}

/** The beginning of a text, in one line. */
function oneLine(text: string): string {
  const line = text
    .slice(0, 2 * LINE_CHARS)
    .replaceAll(/\s+/g, " ")
    .trim();
  return text.length > line.length + LINE_CHARS || line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS)}…` : line;
}

/** The name of the key and its id; older APIs have no names. */
function formatActor({ key, name }: NonNullable<InvocationRecord["submittedBy"]>): string {
  return name ? `${oneLine(name)} (${key})` : key;
}

function formatCancellation({ at, by, reason }: NonNullable<InvocationRecord["cancellation"]>): string {
  return [
    `${formatTime(at)} by ${by ? formatActor(by) : "an unknown key"}`,
    ...(reason === null ? [] : [oneLine(reason)]),
  ].join(": ");
}

function formatAttempt({ worker, startedAt, endedAt, ended }: InvocationRecord["attempts"][number]): string {
  const ranMs = elapsedMs(startedAt, endedAt);
  return `${ended ?? "running"}${ranMs === undefined ? "" : ` after ${formatDuration(ranMs)}`} on worker ${worker}`;
}

/** What became of the spans, and why: `partial: 2 spans refused: too old`. */
function formatExport({ status, rejectedSpans, reason }: InvocationRecord["trace"]["export"]): string {
  const refused = rejectedSpans && `${rejectedSpans} ${rejectedSpans === 1 ? "span" : "spans"} refused`;
  return [status, refused, reason].filter((part) => part).join(": ");
}
