import * as z from "zod";
import { ErrorCode, InvocationError } from "./error-code.ts";
import { TerminalStatus } from "./status.ts";
import { RequestUsage, Usage } from "./usage.ts";

const stamp = {
  at: z.iso.datetime({ precision: 3 }),
  attempt: z.int().min(0).describe("The attempt that it belongs to; 0 before the first"),
};

const ToolCall = { callId: z.string(), name: z.string() };

/**
 * An entry of an invocation's event log. Deltas are coalesced, and the deltas of one message together are its text.
 */
export const Event = z.discriminatedUnion("type", [
  z.object({ type: z.literal("invocation.queued"), ...stamp }),
  z.object({ type: z.literal("attempt.started"), ...stamp, worker: z.string() }),
  z.object({ type: z.literal("turn.started"), ...stamp, turn: z.int().min(1) }),
  z.object({ type: z.literal("message.delta"), ...stamp, channel: z.enum(["text", "thinking"]), text: z.string() }),
  z.object({
    type: z.literal("message.completed"),
    ...stamp,
    text: z.string().describe("Empty when the model has only called tools"),
    usage: RequestUsage.describe(
      "What this answer of the model took, with the requests since the one before it that brought none. The sum over " +
        "an invocation's messages is what it has taken so far",
    ),
  }),
  z.object({ type: z.literal("tool.started"), ...stamp, ...ToolCall, arguments: z.unknown() }),
  z.object({ type: z.literal("tool.output"), ...stamp, ...ToolCall, text: z.string().describe("What is new in it") }),
  z.object({
    type: z.literal("tool.ended"),
    ...stamp,
    ...ToolCall,
    isError: z.boolean(),
    text: z.string(),
    exitCode: z.int().optional().describe("Of a program that the tool ran"),
  }),
  z.object({
    type: z.literal("retry.scheduled"),
    ...stamp,
    scope: z.enum(["request", "attempt"]).describe("Whether a model request or the whole attempt is made again"),
    delayMs: z.number().nonnegative(),
    reason: z.string(),
  }),
  z.object({ type: z.literal("log"), ...stamp, level: z.enum(["info", "warn", "error"]), message: z.string() }),
  z.object({ type: z.literal("invocation.paused"), ...stamp }),
  z.object({ type: z.literal("invocation.resumed"), ...stamp }),
  z.object({
    type: z.literal("attempt.ended"),
    ...stamp,
    ended: z.union([z.literal("succeeded"), z.literal("handed_back"), ErrorCode]),
    error: InvocationError.nullable(),
  }),
  ...TerminalStatus.options.map((status) =>
    z.object({
      type: z.literal(`invocation.${status}`),
      ...stamp,
      error: InvocationError.nullable(),
      usage: Usage,
    }),
  ),
  z.object({ type: z.literal("gap"), ...stamp, from: z.string(), to: z.string() }),
]);
export type Event = z.infer<typeof Event>;
export type EventType = Event["type"];

/** The id of an entry in the log, `<ms>-<sequence>`; ids of one invocation grow. */
export const EventId = z.string().regex(/^\d{1,16}(-\d{1,16})?$/, "must be an event id, such as 1760000000000-0");
export type EventId = z.infer<typeof EventId>;

/** An event with its place in the log. */
export type LoggedEvent = Event & { id: EventId };

/** The same as a schema. Each type of event has a name of its own: `ToolEndedEvent`. */
export const LoggedEvent = z
  .discriminatedUnion("type", Event.options.map(logged) as [Logged, Logged, ...Logged[]])
  .meta({
    id: "Event",
    description: "One entry of the event log; `type` tells which",
  }) as unknown as z.ZodType<LoggedEvent>;

type Logged = ReturnType<typeof logged>;

function logged(event: (typeof Event.options)[number]) {
  const { type, ...fields } = event.shape;
  const name = type.value.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return z.object({ id: EventId, type, ...fields }).meta({ id: `${name}Event` });
}
