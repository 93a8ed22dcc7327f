import { ApiKeyId, ApiKeyName, Duration, Scope, Tenant } from "@pifleet/invocation";
import { InvalidArgumentError } from "commander";
import * as z from "zod";
import { namesOption } from "./option-values.ts";

const When = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
/** What is later cannot be written with a year of four digits, as all times are. */
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** The owner of a key. */
export function tenantOption(text: string): Tenant {
  const parsed = Tenant.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message}.`);
  return parsed.data;
}

/** A name for a key. */
export function keyNameOption(text: string): ApiKeyName {
  const parsed = ApiKeyName.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message}.`);
  return parsed.data;
}

/** One scope or more, with commas between them. */
export function scopesOption(text: string): Scope[] {
  const names = namesOption(text, undefined);
  const unknown = names.find((name) => !Scope.safeParse(name).success);
  const known = Scope.options.join(", ");
  if (unknown !== undefined) throw new InvalidArgumentError(`'${unknown}' is no scope; there are ${known}.`);
  if (names.length === 0) throw new InvalidArgumentError(`It must be one or more of ${known}.`);
  return z.array(Scope).parse(names);
}

/** Unix milliseconds: a length of time from now, the beginning of a day in UTC, or a time with its zone. */
export function expiryOption(text: string): number {
  const expiresMs = parseExpiry(text);
  if (expiresMs > LATEST_MS) throw new InvalidArgumentError("It must be before the year 10000.");
  return expiresMs;
}

function parseExpiry(text: string): number {
  const duration = Duration.safeParse(text);
  if (duration.success) return Date.now() + duration.data;
  if (!When.safeParse(text).success) {
    throw new InvalidArgumentError("It must be such as 90d, 2031-12-31 or 2031-12-31T12:00:00Z.");
  }
  return Date.parse(text);
}

/** The id of a key. */
export function keyIdArgument(text: string): ApiKeyId {
  const parsed = ApiKeyId.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message}.`);
  return parsed.data;
}
