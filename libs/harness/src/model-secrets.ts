import { type Environment, resolveConfigValue } from "./config-value.ts";
import type { ModelsFile } from "./models-file.ts";

/** Names of headers that hold a credential. */
const SECRET_HEADER = /authorization|cookie|key|password|secret|token/i;

/** The credentials in a models file, wherever their values come from: they must be seen in nothing that leaves the worker. */
export function modelSecrets({ providers }: ModelsFile, environment: Environment): string[] {
  const owners = Object.values(providers).flatMap((provider) => [
    provider,
    ...(provider.models ?? []),
    ...Object.values(provider.modelOverrides ?? {}),
  ]);
  const keys = Object.values(providers).flatMap(({ apiKey }) => apiKey ?? []);
  const headers = owners.flatMap((owner) => Object.entries(owner.headers ?? {}));
  const inHeaders = headers.flatMap(([name, value]) => (SECRET_HEADER.test(name) ? [value] : []));
  return [...keys, ...inHeaders].flatMap((raw) => {
    const resolved = resolveConfigValue(raw, environment);
    // `Bearer` and the like stand before the credential.
    return resolved.kind === "value" ? [resolved.value, ...resolved.value.split(" ")] : [];
  });
}
