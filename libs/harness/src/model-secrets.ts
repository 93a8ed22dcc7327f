import { isKnownSecret, looksRandom } from "@pifleet/invocation";
import { type Environment, resolveConfigValue } from "./config-value.ts";
import type { ModelsFile } from "./models-file.ts";

/** Names of headers that hold a credential; others hold the name of a gateway, a region or a version. */
const SECRET_HEADER = /(?:^|-)(?:authorization|cookie|key|apikey|password|secret|token|auth)(?:-|$)/i;

/** The credentials in a models file, wherever their values come from: they must be seen in nothing that leaves the worker. */
export function modelSecrets({ providers }: ModelsFile, environment: Environment): string[] {
  const owners = Object.values(providers).flatMap((provider) => [
    provider,
    ...(provider.models ?? []),
    ...Object.values(provider.modelOverrides ?? {}),
  ]);
  const keys = Object.values(providers).flatMap(({ apiKey }) => (apiKey ? valuesOf(apiKey, environment) : []));
  const headers = owners.flatMap((owner) => Object.entries(owner.headers ?? {}));
  const inHeaders = headers.flatMap(([name, raw]) =>
    valuesOf(raw, environment).filter((value) => SECRET_HEADER.test(name) || looksRandom(value)),
  );
  return [...keys, ...inHeaders].filter(isKnownSecret);
}

/** The value, and its words: the credential stands behind `Bearer` and the like. */
function valuesOf(raw: string, environment: Environment): string[] {
  const resolved = resolveConfigValue(raw, environment);
  return resolved.kind === "value" ? [resolved.value, ...resolved.value.split(" ")] : [];
}
