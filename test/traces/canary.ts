import { expect } from "vitest";

/** Stands in every planted secret, so that also a piece of one is found. */
const MARK = "c4n4ry";

/** Secrets that must be seen nowhere, each of another kind. */
export const CANARIES = {
  anthropicKey: `sk-ant-api03-${MARK}-anthropic-0123456789`,
  bearer: `${MARK}.bearer.0123456789abcdef`,
  jsonKey: `${MARK}-json-0123456789abcdef`,
  jwt: `eyJhbGciOiJIUzI1NiJ9.eyJ${MARK}andmorethings.${MARK}andasignature`,
  /** What the workers send to the model provider; it has no shape that gives it away. */
  provider: `${MARK}/provider/key/0123456789`,
  /** In the environment of every process, and nothing's shape. */
  environment: `${MARK}=environment=0123456789`,
  /** What the workers send to the deployment's collector. */
  deployment: `${MARK}-deployment-0123456789`,
  /** What the workers send to the collectors that invocations name. */
  collector: `${MARK}-collector-0123456789`,
} as const;

/** A text with all secrets that an agent may come across. */
export const SECRETS = [
  `key ${CANARIES.anthropicKey} of somebody`,
  `Authorization: Bearer ${CANARIES.bearer}`,
  JSON.stringify({ api_key: CANARIES.jsonKey }),
  // As it stands in JSON inside of JSON.
  JSON.stringify(JSON.stringify({ api_key: CANARIES.jsonKey })),
  `token ${CANARIES.jwt} expired`,
].join("\n");

/** Expects that none of the secrets, nor a piece of one, is in what was seen there. */
export function expectNoCanary(seen: Readonly<Record<string, unknown>>): void {
  for (const [where, what] of Object.entries(seen)) {
    const text = typeof what === "string" ? what : JSON.stringify(what, bigintsAsText);
    const at = text.indexOf(MARK);
    expect(at < 0 ? "" : `${where}: …${text.slice(Math.max(0, at - 100), at + 60)}…`).toBe("");
  }
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
