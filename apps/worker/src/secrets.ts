import type { Environment } from "@pifleet/environment";
import { BUCKET_SECRETS, REDIS_SECRETS } from "@pifleet/environment/secret-files";
import { PROVIDER_KEYS } from "@pifleet/harness";

/** The variables whose values may stand in files that `<name>_FILE` names. */
export const SECRET_VARIABLES: ReadonlySet<string> = new Set([
  ...REDIS_SECRETS,
  ...BUCKET_SECRETS,
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
  ...Object.values(PROVIDER_KEYS).flat(),
]);

/** Names of variables that hold a secret: keys of model providers, tokens, passwords, headers. */
const SECRET_NAME = /(?:^|_)(?:KEYS?|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|HEADERS)(?:_|$)/;
/** Variables that name where a secret is, or hold its public half. */
const NO_SECRET_NAME = /_(?:PATH|FILE|DIR|URL|ID)$|^GOOGLE_APPLICATION_CREDENTIALS$/;
const HEADERS_NAME = /HEADERS$/;

/** The values of the environment that must appear in nothing that leaves the worker. */
export function secretsOf(environment: Environment): string[] {
  const providerKeys = new Set(Object.values(PROVIDER_KEYS).flat());
  const named = Object.entries(environment).flatMap(([name, value = ""]) => {
    const isSecret = providerKeys.has(name) || (SECRET_NAME.test(name) && !NO_SECRET_NAME.test(name));
    if (!isSecret || value === "") return [];
    return HEADERS_NAME.test(name) ? [value, ...headerValues(value)] : [value];
  });
  return [...named, ...passwordOf(environment.REDIS_URL)];
}

/** The values of `name=value` pairs between commas, also without the scheme of a credential. */
function headerValues(headers: string): string[] {
  return headers.split(",").flatMap((pair) => {
    const value = decoded(pair.slice(pair.indexOf("=") + 1).trim());
    return [value, ...value.split(" ")];
  });
}

function passwordOf(url = ""): string[] {
  const password = URL.parse(url)?.password;
  return password ? [password, decoded(password)] : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
