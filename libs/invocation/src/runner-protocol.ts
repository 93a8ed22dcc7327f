import * as z from "zod";
import { InvocationId } from "./id.ts";
import { InputMessage } from "./message.ts";
import { ToolName } from "./submission.ts";

/**
 * The commands that a worker sends to a runner, over the child's IPC channel. The runner answers with records; see
 * `runner-record.ts`.
 */

/** How model requests leave the machine. It may hold the password of a proxy. */
export const ModelNetwork = z.object({
  /** `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, with the meaning that they have for Node. */
  proxy: z.record(z.string(), z.string()).optional(),
  /** Absolute paths of files in the form of PEM, whose certificates are trusted in addition to Node's own. */
  certificateFiles: z.array(z.string()).optional(),
});
export type ModelNetwork = z.infer<typeof ModelNetwork>;

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
  /** Other settings of the provider that usually stand in the environment, such as a region or an account. */
  providerEnvironment: z.record(z.string(), z.string()).optional(),
  network: ModelNetwork.optional(),
  instructions: z.string().optional(),
  /** The trace that model requests are to be joined to; each names a span of its own in it. */
  trace: z.object({ traceId: z.string(), sampled: z.boolean(), tracestate: z.string().optional() }).optional(),
  /** How long a provider that is away is waited for, milliseconds: in all, and before the model has answered once. */
  providerPatience: z.object({ totalMs: z.number().nonnegative(), unpaidMs: z.number().nonnegative() }),
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
