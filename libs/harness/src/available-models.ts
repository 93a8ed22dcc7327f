import { readFile } from "node:fs/promises";
import { type CatalogModel, type ModelCatalog, THINKING_LEVELS, type ThinkingLevel } from "@pifleet/invocation";
import type { Environment } from "./config-value.ts";
import { DEMO_PROVIDER, modelAccess } from "./model-access.ts";
import type { ModelsFile, ProviderEntry } from "./models-file.ts";
import { PROVIDER_KEYS } from "./provider-keys.ts";
import { runnerFile } from "./runner-program.ts";

/** What Pi assumes about a model that says nothing of it. */
const DEFAULTS = {
  contextWindow: 128_000,
  maxTokens: 16_384,
  input: ["text"],
  reasoning: false,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
};
/** Pi's scripted model; see `pi/demo-model.ts`. */
const DEMO = { id: "scripted", name: "Scripted demo", contextWindow: 200_000, maxTokens: 8_192 };

/** A model as a models file, or Pi's own data, describes it. */
interface Described {
  readonly id: string;
  readonly name?: string | undefined;
  readonly contextWindow?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly input?: readonly string[] | undefined;
  readonly reasoning?: boolean | undefined;
  readonly thinkingLevelMap?: unknown;
  readonly cost?: Partial<typeof DEFAULTS.cost> | undefined;
}

export interface AvailableModelsRequest {
  readonly environment: Environment;
  readonly modelsFile?: ModelsFile;
}

/**
 * What a worker with this environment and models file can run: the models of built-in providers whose key is there, all
 * those of the models file, and the demo. The built-in ones are read from beside the runner, so that Pi is not loaded.
 */
export async function availableModels({ environment, modelsFile }: AvailableModelsRequest): Promise<ModelCatalog> {
  const entries = modelsFile?.providers ?? {};
  const providers = [...new Set([DEMO_PROVIDER, ...Object.keys(PROVIDER_KEYS), ...Object.keys(entries)])].sort();
  const models: CatalogModel[] = [];
  for (const provider of providers) {
    const entry = Object.hasOwn(entries, provider) ? entries[provider] : undefined;
    const source = keySource(provider, entry, environment);
    if (!entry && provider !== DEMO_PROVIDER && source === null) continue;
    const described = provider === DEMO_PROVIDER ? [DEMO] : await modelsOf(provider, entry);
    for (const model of described) {
      const access = modelAccess({
        model: `${provider}/${model.id}`,
        environment,
        ...(modelsFile && { modelsFile }),
      });
      models.push(catalogModel(provider, model, source, access.kind === "ready"));
    }
  }
  return { providers, models };
}

/** The provider's models as the entry changes them; see `pi/model-definition.ts`, which does the same with Pi's types. */
async function modelsOf(provider: string, entry: ProviderEntry | undefined): Promise<Described[]> {
  const builtIn = Object.hasOwn(PROVIDER_KEYS, provider) ? await builtInModels(provider) : [];
  const listed: readonly Described[] = entry?.models ?? [];
  const own = new Set(listed.map(({ id }) => id));
  return [...listed, ...builtIn.filter(({ id }) => !own.has(id))].map((model) => {
    const override = entry?.modelOverrides?.[model.id];
    return override ? { ...model, ...override, id: model.id, cost: { ...model.cost, ...override.cost } } : model;
  });
}

/** By API, the models of all kinds; those that answer are `chat:…`. */
async function builtInModels(provider: string): Promise<Described[]> {
  const text = await readFile(runnerFile(`models/${provider}.json`), "utf8").catch(() => "{}");
  const byApi = JSON.parse(text) as Record<string, Record<string, Described>>;
  return Object.values(byApi).flatMap((models) =>
    Object.entries(models).flatMap(([kind, model]) => (kind.startsWith("chat:") ? [model] : [])),
  );
}

function catalogModel(provider: string, model: Described, key: string | null, ready: boolean): CatalogModel {
  const { id, name = id } = model;
  const { contextWindow, maxTokens, input, cost } = { ...DEFAULTS, ...defined(model) };
  return {
    id: `${provider}/${id}`,
    provider,
    name,
    contextWindow,
    maxTokens,
    input: [...input] as CatalogModel["input"],
    thinking: thinkingLevels(model),
    price: pricesOf(cost),
    key,
    ready,
  };
}

function defined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** Some prices are not known, and Pi has negative ones for them. */
function pricesOf(cost: Partial<typeof DEFAULTS.cost>): CatalogModel["price"] {
  const price = (name: keyof typeof DEFAULTS.cost) => Math.max(0, cost[name] ?? 0);
  return {
    input: price("input"),
    output: price("output"),
    cacheRead: price("cacheRead"),
    cacheWrite: price("cacheWrite"),
  };
}

/** As Pi tells them: the two highest only where the model names them. */
function thinkingLevels({ reasoning, thinkingLevelMap: map }: Described): ThinkingLevel[] {
  if (!reasoning) return ["off"];
  const named = (map ?? {}) as Readonly<Record<string, unknown>>;
  return THINKING_LEVELS.filter((level) => {
    if (named[level] === null) return false;
    return (level !== "xhigh" && level !== "max") || named[level] !== undefined;
  });
}

/** Where the key of a provider comes from, or would come from; `null` when it needs none, or nobody has said. */
function keySource(provider: string, entry: ProviderEntry | undefined, environment: Environment): string | null {
  if (provider === DEMO_PROVIDER) return null;
  if (entry?.apiKey) return "models file";
  const variables = Object.hasOwn(PROVIDER_KEYS, provider) ? (PROVIDER_KEYS[provider] ?? []) : [];
  return variables.find((name) => environment[name]) ?? (entry ? (variables[0] ?? "models file") : null);
}
