import * as z from "zod";
import { ErrorCode } from "./error-code.ts";
import { Message } from "./message.ts";
import { StopReason } from "./stop-reason.ts";
import { RequestUsage, Usage } from "./usage.ts";

/**
 * What a runner reports to its worker, over the child's IPC channel, stamped with the runner's clock. A tool can make its
 * runner say anything, so every number and text has bounds: a worker must be able to add them up, print and store them.
 */

/** The last moment whose year has four digits, as the times of events have. */
const LAST_MS = 253_402_300_799_999;
const at = z.number().min(0).max(LAST_MS).describe("Unix milliseconds, with fractions");
const delayMs = z.number().min(0).max(LAST_MS);
const bytes = z.int().min(0);
const turn = z.int().min(1).max(1_000_000);
/** Names and ids; some providers keep a state in the ids of their tool calls. */
const word = z.string().max(4_096);
const text = z.string().max(4_194_304);
const tool = { callId: word, name: word };

/** Why the agent could not go on, as far as the harness can tell. `message` holds the provider's words. */
export const HarnessFailure = z.object({
  code: ErrorCode,
  message: text,
  retryAfterMs: delayMs.optional(),
  isUnpaid: z.boolean().optional().describe("The model has not answered: nothing is lost when the run is made later"),
});
export type HarnessFailure = z.infer<typeof HarnessFailure>;

/** What the agent came to. `output` is the last assistant text, also when it failed later. */
export const HarnessResult = z.object({
  output: z.string(),
  messages: z.array(Message),
  usage: Usage,
  failure: HarnessFailure.nullable(),
  stopReason: StopReason.nullable().optional(),
});
export type HarnessResult = z.infer<typeof HarnessResult>;

export const RunnerRecord = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), at }),
  z.object({
    type: z.literal("heartbeat"),
    at,
    rssBytes: bytes,
    heapBytes: bytes,
    eventLoopDelayMs: delayMs,
    toolRunning: z.boolean().describe("Whether a tool is at work, which counts as progress"),
    receiving: z
      .boolean()
      .optional()
      .describe("Whether bytes of an answer have come since the last heartbeat, which counts as progress, too"),
  }),
  z.object({ type: z.literal("turn.started"), at, turn }),
  z.object({ type: z.literal("turn.ended"), at, turn }),
  z.object({
    type: z.literal("request.started"),
    at,
    provider: word,
    model: word,
    spanId: z
      .string()
      .regex(/^(?!0+$)[\da-f]{16}$/)
      .optional()
      .describe("The span that the request named as its parent to whoever received it"),
  }),
  z.object({ type: z.literal("request.first_byte"), at }),
  z.object({
    type: z.literal("request.ended"),
    at,
    stopReason: word,
    error: text.optional(),
    errorCode: ErrorCode.optional(),
    responseId: word.optional(),
    responseModel: word.optional(),
    usage: RequestUsage,
  }),
  z.object({ type: z.literal("message.delta"), at, channel: z.enum(["text", "thinking"]), text }),
  z.object({
    type: z.literal("message.completed"),
    at,
    text: text.describe("Empty when the model has only called tools"),
    usage: RequestUsage.describe(
      "What the requests took that no message has told yet: its own, and what failed before",
    ),
  }),
  z.object({ type: z.literal("tool.started"), at, ...tool, arguments: z.unknown() }),
  z.object({ type: z.literal("tool.output"), at, ...tool, text: text.describe("What is new in the output") }),
  z.object({
    type: z.literal("tool.ended"),
    at,
    ...tool,
    isError: z.boolean(),
    text,
    exitCode: z.int().optional(),
  }),
  z.object({ type: z.literal("retry.scheduled"), at, delayMs, reason: text }),
  z.object({ type: z.literal("compaction"), at, reason: text }),
  z.object({ type: z.literal("log"), at, level: z.enum(["info", "warn", "error"]), message: text }),
  z.object({ type: z.literal("finished"), at, result: HarnessResult }),
]);
export type RunnerRecord = z.infer<typeof RunnerRecord>;
