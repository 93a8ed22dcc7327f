import * as z from "zod";
import { InputMessage } from "./message.ts";
import { Redactor } from "./redaction/redactor.ts";
import { DEFAULT_TOOLS, MAX_NAME_CHARS, Recovery, type Submission, ToolName } from "./submission.ts";
import { WebhookEventType } from "./webhook.ts";

/** How much of the input, and of the instructions, a record shows; characters. */
const SHOWN_CHARS = 65_536;
/** How much of the input a list shows; characters. */
const BRIEF_CHARS = 500;
/** Of an input whose submission has no name, so much is its name; characters. */
const NAME_CHARS = 80;
/** What is redacted beyond a cut, so that no half of a secret stays before it; characters. */
const MARGIN_CHARS = 4_096;

const redactor = new Redactor();

const ShownInput = z.union([z.string(), z.array(InputMessage)]);

/** What a record shows of its submission. */
export const ShownSubmission = z.object({
  name: z.string().describe("The name that the submission gave, or else the first words of its input"),
  input: ShownInput.describe(
    `As it was submitted, without secrets. Only the last ${SHOWN_CHARS} characters of a longer conversation, and of each ` +
      "image its type and size",
  ),
  instructions: z.string().nullable().describe(`At most the first ${SHOWN_CHARS} characters`),
  tools: z.array(ToolName).describe("The tools that the agent may use"),
  recovery: Recovery,
  priority: z.int(),
  delayMs: z.int(),
  webhook: z
    .object({
      url: z.string().describe("Without its query, which may hold a credential"),
      events: z.array(WebhookEventType).describe("Only these; none means all"),
    })
    .nullable()
    .describe("The webhook of this invocation alone"),
});
export type ShownSubmission = z.infer<typeof ShownSubmission>;

/** What lists show of a submission. */
export const BriefSubmission = ShownSubmission.omit({ instructions: true }).extend({
  input: z.string().describe(`The first ${BRIEF_CHARS} characters of the user's last message, without secrets`),
});
export type BriefSubmission = z.infer<typeof BriefSubmission>;

/** What a record shows of a submission. The time and the size are bounded, whatever was submitted. */
export function shownSubmission(submission: Submission): ShownSubmission {
  const { instructions, input } = submission;
  return {
    ...briefSubmission(submission),
    input: typeof input === "string" ? firstChars(input, SHOWN_CHARS) : newestMessages(input),
    instructions: instructions === undefined ? null : firstChars(instructions, SHOWN_CHARS),
  };
}

/** What lists show of a submission. */
export function briefSubmission(submission: Submission): BriefSubmission {
  const { tools = [...DEFAULT_TOOLS], recovery, priority, delayMs, webhook } = submission;
  const input = firstChars(lastText(submission.input), BRIEF_CHARS);
  return {
    name: submission.name === undefined ? firstWords(input) : firstChars(submission.name, MAX_NAME_CHARS),
    input,
    tools,
    recovery,
    priority,
    delayMs,
    webhook: webhook ? { url: withoutQuery(webhook.url), events: webhook.events } : null,
  };
}

function withoutQuery(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === "" ? "" : "?…"}`;
}

/** The text of the user's last message. */
function lastText(input: Submission["input"]): string {
  if (typeof input === "string") return input;
  const content = input.at(-1)?.content ?? "";
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** As much of a text as may be shown, without secrets. */
function firstChars(text: string, chars: number): string {
  const clean = redactor.text(text.slice(0, chars + MARGIN_CHARS));
  return clean.length > chars || text.length > chars + MARGIN_CHARS ? `${wholeChars(clean, chars)}…` : clean;
}

/** A character of two halves is not cut between them. */
function wholeChars(text: string, chars: number): string {
  return text.slice(0, chars).replace(/[\uD800-\uDBFF]$/, "");
}

function firstWords(text: string): string {
  const line = text.trimStart().slice(0, BRIEF_CHARS).replace(/\s+/g, " ").trimEnd();
  if (line.length <= NAME_CHARS) return line;
  const cut = wholeChars(line, NAME_CHARS);
  const end = cut.lastIndexOf(" ");
  return `${end > 0 ? cut.slice(0, end) : cut}…`;
}

/** The newest messages, as many as may be shown; of the oldest of them, the beginning. */
function newestMessages(input: readonly InputMessage[]): InputMessage[] {
  const shown: InputMessage[] = [];
  let left = SHOWN_CHARS;
  for (let i = input.length - 1; i >= 0 && left > 0; i -= 1) {
    const { role, content } = input[i] as InputMessage;
    const text = firstChars(typeof content === "string" ? content : content.map(partText).join("\n"), left);
    left -= text.length + MESSAGE_CHARS;
    shown.unshift({ role, content: text });
  }
  return shown;
}

/** What a message takes beside its text, about. */
const MESSAGE_CHARS = 32;

type Part = Exclude<InputMessage["content"], string>[number];

function partText(part: Part): string {
  if (part.type === "text") return part.text;
  return `[${part.mediaType}, ${Math.floor((part.data.length * 3) / 4)} bytes]`;
}
