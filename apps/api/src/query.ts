import { parse } from "node:querystring";

const NESTED = /^(?<name>\w+)\[(?<key>[^[\]]*)\]$/;

/** Reads the query of a URL. `name[key]=value` is a field of the object `name`; what is said twice is a list. */
export function parseQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = Object.create(null);
  for (const [field, value] of Object.entries(parse(text))) {
    const { name = "", key = "" } = NESTED.exec(field)?.groups ?? {};
    const nested = query[name];
    if (name === "" || (nested !== undefined && !isNested(nested))) query[field] = value;
    else query[name] = Object.assign(nested ?? Object.create(null), { [key]: value });
  }
  return query;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && !Array.isArray(value);
}
