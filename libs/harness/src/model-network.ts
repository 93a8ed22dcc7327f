import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ModelNetwork } from "@pifleet/invocation";
import type { Environment } from "./config-value.ts";

/** The variables of proxies; the lower case ones win, as in Node and in curl. */
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"] as const;
const CERTIFICATES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] as const;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A setting of the network that cannot be used; the message names the variable. */
export class ModelNetworkError extends Error {
  override readonly name = "ModelNetworkError";
}

/**
 * How model requests leave this machine, by the variables that Node, Pi and curl honour: `HTTP_PROXY`, `HTTPS_PROXY`,
 * `NO_PROXY`, each also in lower case, and `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE`, whose certificates are trusted in
 * addition to Node's own. `undefined` when nothing is set.
 * @throws {ModelNetworkError} for a proxy that is no URL, or a file without certificates
 */
export function modelNetwork(environment: Environment): ModelNetwork | undefined {
  const proxy = Object.fromEntries(PROXIES.flatMap((name) => proxyOf(name, environment)));
  const certificateFiles = CERTIFICATES.flatMap((name) => certificateFile(name, environment));
  const hasProxy = Object.keys(proxy).some((name) => name !== "NO_PROXY");
  if (!hasProxy && certificateFiles.length === 0) return undefined;
  return { ...(hasProxy && { proxy }), ...(certificateFiles.length > 0 && { certificateFiles }) };
}

/** The passwords in the URLs of proxies. */
export function networkSecrets(environment: Environment): string[] {
  return PROXIES.flatMap((name) => {
    const password = URL.parse(proxyOf(name, environment)[0]?.[1] ?? "")?.password;
    return password ? [password, decodeURIComponent(password)] : [];
  });
}

function proxyOf(name: (typeof PROXIES)[number], environment: Environment): [string, string][] {
  const lower = name.toLowerCase();
  const [variable, value] = environment[lower] ? [lower, environment[lower]] : [name, environment[name]];
  if (!value) return [];
  if (name === "NO_PROXY") return [[name, value]];
  const url = URL.parse(value.includes("://") ? value : `http://${value}`);
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new ModelNetworkError(`${variable} must be the URL of an HTTP proxy, such as http://proxy.example.com:3128`);
  return [[name, url.href]];
}

function certificateFile(variable: (typeof CERTIFICATES)[number], environment: Environment): string[] {
  const path = environment[variable];
  if (!path) return [];
  try {
    const [first] = readFileSync(path, "utf8").match(PEM) ?? [];
    if (first === undefined) throw new Error("it holds no certificate in the form of PEM");
    new X509Certificate(first);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    throw new ModelNetworkError(`${variable} names ${path}, which cannot be used: ${reason}`, { cause: error });
  }
  return [path];
}
