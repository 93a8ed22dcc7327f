import { createHash } from "node:crypto";

/** A hash by which two JSON values are told apart. The order of the fields of an object does not matter. */
export function fingerprint(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value, sortFields)).digest("base64url");
}

function sortFields(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
