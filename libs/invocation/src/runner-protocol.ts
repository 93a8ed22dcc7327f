import * as z from "zod";
import { ErrorCode } from "./error-code.ts";
import { InvocationId } from "./id.ts";
import { InputMessage, Message } from "./message.ts";
import { ToolName } from "./submission.ts";
import { RequestUsage, Usage } from "./usage.ts";

/**
 * What a worker and a runner say to each other. The worker sends commands; the runner answers with records that are
 * stamped with the runner's clock (Unix milliseconds, with fractions). Both travel over the child's IPC channel.
 */

/** All that a runner needs for one attempt. It holds secrets: it travels over IPC and is never logged or stored. */
export const RunnerTask = z.object({
  invocationId: InvocationId,
  attempt: z.int().min(1),
  /** The workspace: working directory of the tools and their HOME. Absolute. */
  workspace: z.string(),
  /** The environment of the tools, complete: nothing is inherited. */
  environment: z.record(z.string(), z.string()),
  provider: z.string(),
  model: z.string().describe("The model's id at its provider"),
  /** The provider's entry of the deployment's models file, in Pi's format, when it has one. */
  providerConfig: z.record(z.string(), z.unknown()).optional(),
  apiKey: z.string().optional(),
  /** What else the provider needs that is usually found in the environment, such as a region or an account. */
  providerEnvironment: z.record(z.string(), z.string()).optional(),
  instructions: z.string().optional(),
  /** The trace that model requests are to be joined to; each names a span of its own in it. */
  trace: z.object({ traceId: z.string(), sampled: z.boolean(), tracestate: z.string().optional() }).optional(),
  conversation: z.array(InputMessage).min(1),
  tools: z.array(ToolName),
});
export type RunnerTask = z.infer<typeof RunnerTask>;

export const RunnerCommand = z.discriminatedUnion("type", [
  z.object({ type: z.literal("task"), task: RunnerTask }),
  z.object({ type: z.literal("steer"), text: z.string() }),
  z.object({ type: z.literal("abort") }),
]);
export type RunnerCommand = z.infer<typeof RunnerCommand>;

/** Why the agent could not go on, as far as the harness can tell. `message` holds the provider's words. */
export const HarnessFailure = z.object({
  code: ErrorCode,
  message: z.string(),
  retryAfterMs: z.number().nonnegative().optional(),
});
export type HarnessFailure = z.infer<typeof HarnessFailure>;

/** What the agent came to. `output` is the last assistant text, also when it failed later. */
export const HarnessResult = z.object({
  output: z.string(),
  messages: z.array(Message),
  usage: Usage,
  failure: HarnessFailure.nullable(),
});
export type HarnessResult = z.infer<typeof HarnessResult>;

const at = z.number();
const tool = { callId: z.string(), name: z.string() };

export const RunnerRecord = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), at }),
  z.object({
    type: z.literal("heartbeat"),
    at,
    rssBytes: z.int(),
    heapBytes: z.int(),
    eventLoopDelayMs: z.number(),
    toolRunning: z.boolean().describe("Whether a tool is at work, which counts as progress"),
  }),
  z.object({ type: z.literal("turn.started"), at, turn: z.int().min(1) }),
  z.object({ type: z.literal("turn.ended"), at, turn: z.int().min(1) }),
  z.object({
    type: z.literal("request.started"),
    at,
    provider: z.string(),
    model: z.string(),
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
    stopReason: z.string(),
    error: z.string().optional(),
    errorCode: ErrorCode.optional(),
    responseId: z.string().optional(),
    responseModel: z.string().optional(),
    usage: RequestUsage,
  }),
  z.object({ type: z.literal("message.delta"), at, channel: z.enum(["text", "thinking"]), text: z.string() }),
  z.object({
    type: z.literal("message.completed"),
    at,
    text: z.string().describe("Empty when the model has only called tools"),
    usage: RequestUsage.describe(
      "What the requests took that no message has told yet: its own, and what failed before",
    ),
  }),
  z.object({ type: z.literal("tool.started"), at, ...tool, arguments: z.unknown() }),
  z.object({ type: z.literal("tool.output"), at, ...tool, text: z.string().describe("What is new in the output") }),
  z.object({
    type: z.literal("tool.ended"),
    at,
    ...tool,
    isError: z.boolean(),
    text: z.string(),
    exitCode: z.int().optional(),
  }),
  z.object({ type: z.literal("retry.scheduled"), at, delayMs: z.number().nonnegative(), reason: z.string() }),
  z.object({ type: z.literal("compaction"), at, reason: z.string() }),
  z.object({ type: z.literal("log"), at, level: z.enum(["info", "warn", "error"]), message: z.string() }),
  z.object({ type: z.literal("finished"), at, result: HarnessResult }),
]);
export type RunnerRecord = z.infer<typeof RunnerRecord>;
