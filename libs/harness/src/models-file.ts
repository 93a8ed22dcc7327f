import { readFile } from "node:fs/promises";
import * as z from "zod";
import { MODEL_APIS } from "./model-apis.ts";
import { PROVIDER_KEYS } from "./provider-keys.ts";

const Name = z.string().min(1);
const Headers = z.record(z.string(), z.string());
const Api = z
  .string()
  .refine((name) => MODEL_APIS.includes(name), `is no API that Pi speaks; it speaks ${MODEL_APIS.join(", ")}`);
const Cost = z.looseObject({ input: z.number(), output: z.number(), cacheRead: z.number(), cacheWrite: z.number() });

/** A model as Pi's `models.json` describes it. What only Pi reads is passed on as it is. */
const ModelEntry = z.looseObject({
  id: Name,
  name: Name.optional(),
  api: Api.optional(),
  baseUrl: Name.optional(),
  reasoning: z.boolean().optional(),
  input: z.array(z.enum(["text", "image"])).optional(),
  contextWindow: z.number().positive().optional(),
  maxTokens: z.number().positive().optional(),
  cost: Cost.optional(),
  headers: Headers.optional(),
  compat: z.looseObject({}).optional(),
});

/** What is changed of a model, and of its prices; all else stays. */
const ModelOverride = ModelEntry.partial().extend({ cost: Cost.partial().optional() });

/** A provider as Pi's `models.json` describes it. */
export const ProviderEntry = z.looseObject({
  name: Name.optional(),
  baseUrl: Name.optional(),
  api: Api.optional(),
  apiKey: Name.optional(),
  headers: Headers.optional(),
  authHeader: z.boolean().optional(),
  compat: z.looseObject({}).optional(),
  models: z.array(ModelEntry).optional(),
  modelOverrides: z.record(z.string(), ModelOverride).optional(),
});
export type ProviderEntry = z.infer<typeof ProviderEntry>;

/** The deployment's models file, in the format of Pi's own `models.json`. */
export const ModelsFile = z.object({ providers: z.record(Name, ProviderEntry) }).superRefine(refuseUnreachable);
export type ModelsFile = z.infer<typeof ModelsFile>;

/** A model of a provider that Pi does not bring must say where it is and how it is spoken to. */
function refuseUnreachable(
  { providers }: { readonly providers: Readonly<Record<string, ProviderEntry>> },
  context: z.RefinementCtx,
): void {
  for (const [name, entry] of Object.entries(providers)) {
    if (Object.hasOwn(PROVIDER_KEYS, name)) continue;
    for (const [i, model] of (entry.models ?? []).entries())
      for (const field of ["api", "baseUrl"] as const)
        if (!model[field] && !entry[field]) {
          const message = `is missing, here and for the provider: Pi brings no provider '${name}'`;
          context.addIssue({ code: "custom", path: ["providers", name, "models", i, field], message });
        }
  }
}

/** A models file that cannot be used; the message is one line for the person who starts the worker. */
export class ModelsFileError extends Error {
  override readonly name = "ModelsFileError";
  readonly code = "models_file";
}

/**
 * Reads a models file as Pi does: JSON that may hold comments to the end of a line, and trailing commas.
 * @throws {ModelsFileError} when it is missing, is no JSON, or does not have the format
 */
export async function readModelsFile(path: string): Promise<ModelsFile> {
  const parsed = ModelsFile.safeParse(parseJson(path, await readText(path)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw new ModelsFileError(`Models file ${path} is malformed: ${where}${issue?.message ?? "unknown"}`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const reason = missing ? "does not exist" : `cannot be read: ${firstLine(error)}`;
    throw new ModelsFileError(`Models file ${path} ${reason}`, { cause: error });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(withoutComments(text.replace(/^\uFEFF/, "")));
  } catch (error) {
    throw new ModelsFileError(`Models file ${path} is no JSON: ${firstLine(error)}`, { cause: error });
  }
}

/** As Pi's `stripJsonComments`; what stands in strings is left alone. */
function withoutComments(text: string): string {
  return text
    .replace(/"(?:[^"\\]|\\.)*\\?"?|\/\/[^\n]*/gs, (match) => (match.startsWith('"') ? match : ""))
    .replace(
      /"(?:[^"\\]|\\.)*\\?"?|,(\s*[}\]])/gs,
      (match, end: string | undefined) => end ?? (match.startsWith('"') ? match : ""),
    );
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}
