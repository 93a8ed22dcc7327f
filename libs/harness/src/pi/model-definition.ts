import type { Api, Model } from "@earendil-works/pi-ai";
import type { ModelsFile } from "../models-file.ts";

type ProviderEntry = ModelsFile["providers"][string];

/** What Pi assumes about a model that says nothing of it. */
const DEFAULT_CONTEXT_WINDOW = 128_000;
const DEFAULT_MAX_TOKENS = 16_384;
const FREE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/**
 * The model `id` as the provider's entry of the models file defines it, on top of `builtIn`, the provider's own models.
 * It follows Pi's reading of `models.json`; `undefined` when neither knows the model.
 */
export function modelDefinition(
  id: string,
  provider: string,
  entry: ProviderEntry,
  builtIn: readonly Model<Api>[],
): Model<Api> | undefined {
  const model = defined(id, provider, entry, builtIn) ?? adjusted(id, entry, builtIn);
  const override = entry.modelOverrides?.[id];
  if (!model || !override) return model;
  const { headers: _headers, cost, compat, ...rest } = override;
  return {
    ...model,
    ...(rest as Partial<Model<Api>>),
    cost: { ...model.cost, ...cost },
    compat: merged(model.compat, compat),
  } as Model<Api>;
}

/** A model that the entry lists. */
function defined(id: string, provider: string, entry: ProviderEntry, builtIn: readonly Model<Api>[]) {
  const definition = entry.models?.find((model) => model.id === id);
  if (!definition) return undefined;
  const like = builtIn.find((model) => model.id === id) ?? builtIn[0];
  const api = definition.api ?? entry.api ?? like?.api;
  const baseUrl = definition.baseUrl ?? entry.baseUrl ?? like?.baseUrl;
  if (!api || !baseUrl) return undefined;
  const { headers: _headers, ...rest } = definition;
  return {
    ...rest,
    name: definition.name ?? id,
    provider,
    api,
    baseUrl,
    reasoning: definition.reasoning ?? false,
    input: definition.input ?? ["text"],
    cost: definition.cost ?? FREE,
    contextWindow: definition.contextWindow ?? DEFAULT_CONTEXT_WINDOW,
    maxTokens: definition.maxTokens ?? DEFAULT_MAX_TOKENS,
    compat: merged(entry.compat, definition.compat),
  } as Model<Api>;
}

/** A built-in model that is reached as the entry says. */
function adjusted(id: string, entry: ProviderEntry, builtIn: readonly Model<Api>[]): Model<Api> | undefined {
  const model = builtIn.find((candidate) => candidate.id === id);
  if (!model) return undefined;
  return {
    ...model,
    baseUrl: entry.baseUrl ?? model.baseUrl,
    compat: merged(model.compat, entry.compat),
  } as Model<Api>;
}

function merged(base: object | undefined, override: object | undefined): object | undefined {
  return base || override ? { ...base, ...override } : undefined;
}
