import type { Environment } from "@pifleet/environment";

/** Variables whose names say that they hold a secret: keys of model providers, tokens, passwords, headers. */
const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?|HEADERS)$/;

/** The values of the environment that must appear in nothing that leaves the worker. */
export function secretsOf(environment: Environment): string[] {
  const named = Object.entries(environment).flatMap(([name, value]) =>
    value && SECRET_NAME.test(name) ? [value] : [],
  );
  const redis = URL.parse(environment.REDIS_URL ?? "")?.password;
  return redis ? [...named, decodeURIComponent(redis)] : named;
}
