import * as z from "zod";
import { FilePath } from "./file-path.ts";
import { PartialLimits } from "./limits.ts";
import { InputMessage } from "./message.ts";
import { TraceRequest } from "./trace-request.ts";
import { InvocationWebhook } from "./webhook.ts";

/** The tools that Pi brings, by Pi's own names. */
export const ToolName = z.enum(["read", "bash", "edit", "write", "grep", "find", "ls"]);
export type ToolName = z.infer<typeof ToolName>;

/** Default tools: those that Pi itself enables. */
export const DEFAULT_TOOLS: readonly ToolName[] = ["read", "bash", "edit", "write"];

/** Provider and model: everything before the first slash is the provider. */
export const ModelName = z
  .string()
  .max(256)
  .regex(/^[\w.-]+\/[\w.:@/+-]+$/, "must be provider/model, such as demo/scripted");

const Input = z
  .union([z.string().min(1, "must not be empty"), z.array(InputMessage).min(1)])
  .refine((input) => typeof input === "string" || input.at(-1)?.role === "user", "the last message must be the user's");

const SeedFile = z.strictObject({ path: FilePath, content: z.string() });

/** How long the name of an invocation may be; characters. */
export const MAX_NAME_CHARS = 200;

/** How a worker treats an attempt that was lost together with its worker. */
export const Recovery = z.enum(["rerun", "fail"]);
export type Recovery = z.infer<typeof Recovery>;

export const MAX_PRIORITY = 1_000;
const MAX_DELAY_MS = 365 * 86_400_000;
/** Of all keys and values of `metadata` together, in UTF-8. Lists show it, so it must not make them long. */
const MAX_METADATA_BYTES = 16_384;

const Metadata = z
  .record(z.string().max(128), z.string().max(2_048))
  .refine(
    (metadata) => bytesOf(metadata) <= MAX_METADATA_BYTES,
    `must not be longer than ${MAX_METADATA_BYTES} bytes in all`,
  )
  .describe(`At most ${MAX_METADATA_BYTES} bytes of keys and values in all`);

/** The body of `POST /v1/invocations`. */
export const Submission = z
  .strictObject({
    agent: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be an agent's name: lower case letters, digits and dashes")
      .optional(),
    model: ModelName.optional(),
    instructions: z.string().max(262_144).optional().describe("AGENTS.md text; injected in memory"),
    name: z
      .string()
      .min(1)
      .max(MAX_NAME_CHARS)
      .optional()
      .describe("For people: shown in lists, which can be filtered by it"),
    input: Input.describe("The user's message, or a conversation whose last message is the user's"),
    files: z.array(SeedFile).max(1_000).superRefine(refuseCollisions).optional().describe("Seeds the workspace"),
    tools: z
      .array(ToolName)
      .transform((tools) => [...new Set(tools)])
      .optional(),
    limits: PartialLimits.optional(),
    trace: TraceRequest.optional(),
    webhook: InvocationWebhook.optional(),
    recovery: Recovery.default("rerun"),
    priority: z.int().min(0).max(MAX_PRIORITY).default(0).describe("A higher one is claimed first"),
    delayMs: z.int().min(0).max(MAX_DELAY_MS).default(0),
    metadata: Metadata.default({}),
  })
  .superRefine((submission, context) => {
    const { agent, model } = submission;
    if ((agent === undefined) === (model === undefined)) {
      const message = agent === undefined ? "name an agent or a model" : "name an agent or a model, not both";
      context.addIssue({ code: "custom", path: ["model"], message });
    }
  });
export type Submission = z.infer<typeof Submission>;
/** A submission as clients write it: what has a default may be left out. */
export type SubmissionInput = z.input<typeof Submission>;

/** Two entries for one path, or a file where another entry needs a directory, cannot both be written. */
function refuseCollisions(files: { path: string }[], context: z.RefinementCtx): void {
  const paths = new Set<string>();
  for (const [i, { path }] of files.entries()) {
    if (paths.has(path)) context.addIssue({ code: "custom", path: [i, "path"], message: "stands here twice" });
    paths.add(path);
  }
  for (const [i, { path }] of files.entries()) {
    const parent = parents(path).find((folder) => paths.has(folder));
    if (parent)
      context.addIssue({ code: "custom", path: [i, "path"], message: `'${parent}' is a file, not a directory` });
  }
}

function parents(path: string): string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, i) => segments.slice(0, i + 1).join("/"));
}

function bytesOf(metadata: Readonly<Record<string, string>>): number {
  const encoder = new TextEncoder();
  return Object.entries(metadata).reduce((sum, pair) => sum + encoder.encode(pair.join("")).length, 0);
}
