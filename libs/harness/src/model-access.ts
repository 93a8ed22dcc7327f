import type { ErrorCode, ModelAccess, ModelNetwork } from "@pifleet/invocation";
import { type Environment, literalConfigValue, resolveConfigValue } from "./config-value.ts";
import type { ModelsFile, ProviderEntry } from "./models-file.ts";
import { PROVIDER_KEYS, PROVIDER_SETTINGS } from "./provider-keys.ts";

/** The provider of the scripted model: it is inside of the runner and needs no key. */
export const DEMO_PROVIDER = "demo";

export interface ModelAccessRequest {
  /** `provider/model`; everything before the first slash is the provider. */
  readonly model: string;
  /** The worker's environment. Only what belongs to the model's provider is read, and handed on. */
  readonly environment: Environment;
  readonly modelsFile?: ModelsFile;
  /** How its requests leave the machine. */
  readonly network?: ModelNetwork | undefined;
}

/** Finds out how a model is reached. Whether a built-in provider has the model, only the runner can tell. */
export function modelAccess({ model: name, environment, modelsFile, network }: ModelAccessRequest): ModelAccess {
  const slash = name.indexOf("/");
  const provider = name.slice(0, Math.max(slash, 0));
  const model = name.slice(slash + 1);
  if (!provider || !model) return failure("model_not_found", `'${name}' is no model: name it as provider/model`);
  if (provider === DEMO_PROVIDER) return { kind: "ready", provider, model };
  const entry = own(modelsFile?.providers, provider);
  const problem = unknownModel(provider, model, entry, modelsFile);
  if (problem) return failure("model_not_found", problem);
  const key = findKey(provider, entry, environment);
  if (key.kind === "problem") return failure("provider_auth", key.message);
  const config = entry && resolveEntry(provider, entry, environment);
  if (config?.kind === "problem") return failure("provider_auth", config.message);
  return {
    kind: "ready",
    provider,
    model,
    apiKey: key.value,
    ...(config && { providerConfig: config.value }),
    ...settings(provider, environment),
    ...(network && { network }),
  };
}

type Found<T> = { readonly kind: "found"; readonly value: T } | Problem;
type Problem = { readonly kind: "problem"; readonly message: string };

function failure(code: ErrorCode, message: string): ModelAccess {
  return { kind: "failure", failure: { code, message } };
}

function problem(message: string): Problem {
  return { kind: "problem", message };
}

/** A provider's name comes from outside: it must not reach what every object inherits, such as `constructor`. */
function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Why the model cannot exist, as far as the worker can tell. */
function unknownModel(provider: string, model: string, entry: ProviderEntry | undefined, file?: ModelsFile) {
  const builtIn = own(PROVIDER_KEYS, provider) !== undefined;
  if (!builtIn && !entry) {
    const own = Object.keys(file?.providers ?? {});
    const known = own.length > 0 ? ` and those of the models file: ${own.join(", ")}` : "";
    return `Provider '${provider}' is unknown; known are Pi's built-in providers, ${DEMO_PROVIDER}${known}`;
  }
  if (builtIn || entry?.models?.some(({ id }) => id === model)) return undefined;
  return `Provider '${provider}' has no model '${model}' in the models file`;
}

/** The key: that of the models file before that of the environment. */
function findKey(provider: string, entry: ProviderEntry | undefined, environment: Environment): Found<string> {
  if (entry?.apiKey) return resolve(`providers.${provider}.apiKey`, entry.apiKey, environment);
  const variables = own(PROVIDER_KEYS, provider) ?? [];
  for (const variable of variables) {
    const value = environment[variable];
    if (value) return { kind: "found", value };
  }
  return problem(
    variables.length > 0
      ? `There is no key for provider '${provider}': set ${variables.join(" or ")} in the workers' environment`
      : `There is no key for provider '${provider}': give it an apiKey in the models file`,
  );
}

function resolve(where: string, raw: string, environment: Environment): Found<string> {
  const resolved = resolveConfigValue(raw, environment);
  switch (resolved.kind) {
    case "value":
      return { kind: "found", value: resolved.value };
    case "missing":
      return problem(`${where} of the models file names ${resolved.variable}: set it in the workers' environment`);
    case "command":
      return problem(`${where} of the models file is a command; write a value or $VARIABLE`);
  }
}

/** The entry with every reference to the environment replaced, so that the runner needs none of it; without the key. */
function resolveEntry(provider: string, entry: ProviderEntry, environment: Environment): Found<ProviderEntry> {
  const faults: Problem[] = [];
  const headersOf = <T extends { headers?: Record<string, string> | undefined }>(owner: T): T => {
    if (!owner.headers) return owner;
    const headers: Record<string, string> = {};
    for (const [name, raw] of Object.entries(owner.headers)) {
      const found = resolve(`Header ${name} of provider '${provider}'`, raw, environment);
      if (found.kind === "problem") faults.push(found);
      else headers[name] = literalConfigValue(found.value);
    }
    return { ...owner, headers };
  };
  const { apiKey: _key, ...rest } = headersOf(entry);
  const value = {
    ...rest,
    ...(entry.models && { models: entry.models.map(headersOf) }),
    ...(entry.modelOverrides && {
      modelOverrides: Object.fromEntries(
        Object.entries(entry.modelOverrides).map(([id, model]) => [id, headersOf(model)]),
      ),
    }),
  };
  return faults[0] ?? { kind: "found", value };
}

function settings(provider: string, environment: Environment): { providerEnvironment?: Record<string, string> } {
  const present = (own(PROVIDER_SETTINGS, provider) ?? []).flatMap((name) => {
    const value = environment[name];
    return value ? [[name, value] as const] : [];
  });
  return present.length > 0 ? { providerEnvironment: Object.fromEntries(present) } : {};
}
