import { isKnownSecret, looksRandom } from "@pifleet/invocation";
import { type Environment, resolveConfigValue, variablesIn } from "./config-value.ts";
import type { ModelsFile } from "./models-file.ts";

/** Names of headers that hold a credential; others hold the name of a gateway, a region or a version. */
const SECRET_HEADER = /(?:^|-)(?:authorization|cookie|key|apikey|password|secret|token|auth)(?:-|$)/i;

/** The credentials in a models file, wherever their values come from: they must be seen in nothing that leaves the worker. */
export function modelSecrets(modelsFile: ModelsFile, environment: Environment): string[] {
  const inKeys = keysOf(modelsFile).flatMap((raw) => valuesOf(raw, environment));
  const inHeaders = headersOf(modelsFile).flatMap(([name, raw]) =>
    valuesOf(raw, environment).filter((value) => SECRET_HEADER.test(name) || looksRandom(value)),
  );
  return [...inKeys, ...inHeaders].filter(isKnownSecret);
}

/** The names of the environment variables to which the keys and headers of a models file refer. */
export function modelVariables(modelsFile: ModelsFile): string[] {
  return [...keysOf(modelsFile), ...headersOf(modelsFile).map(([, raw]) => raw)].flatMap(variablesIn);
}

function keysOf({ providers }: ModelsFile): string[] {
  return Object.values(providers).flatMap(({ apiKey }) => apiKey ?? []);
}

function headersOf({ providers }: ModelsFile): [string, string][] {
  const owners = Object.values(providers).flatMap((provider) => [
    provider,
    ...(provider.models ?? []),
    ...Object.values(provider.modelOverrides ?? {}),
  ]);
  return owners.flatMap((owner) => Object.entries(owner.headers ?? {}));
}

/** The value, and its words: the credential stands behind `Bearer` and the like. */
function valuesOf(raw: string, environment: Environment): string[] {
  const resolved = resolveConfigValue(raw, environment);
  return resolved.kind === "value" ? [resolved.value, ...resolved.value.split(" ")] : [];
}
