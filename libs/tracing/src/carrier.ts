import type { Carrier } from "@pifleet/invocation";

/** The headers of a request, by lower-case name; a header that came more than once is an array or is joined by commas. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The fields of a `traceparent` header. */
export interface Traceparent {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  /** The flags that are defined, to be passed on; the others must be zero. */
  readonly flags: number;
}

/** version - trace id - parent id - flags (https://www.w3.org/TR/trace-context/#traceparent-header). */
const TRACEPARENT =
  /^(?<version>[\da-f]{2})-(?<traceId>[\da-f]{32})-(?<spanId>[\da-f]{16})-(?<flags>[\da-f]{2})(?<rest>-.*)?$/;
const ALL_ZEROS = /^0+$/;
const SAMPLED_FLAG = 0b01;
const KNOWN_FLAGS = 0b11;

const MAX_STATE_MEMBERS = 32;
const MAX_STATE_CHARS = 512;
const STATE_MEMBER =
  /^(?<key>[a-z][a-z\d_\-*/]{0,255}|[a-z\d][a-z\d_\-*/]{0,240}@[a-z][a-z\d_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;

const MAX_BAGGAGE_MEMBERS = 64;
const MAX_BAGGAGE_BYTES = 8_192;
/** A header that is longer, with the space around its members, is malformed. */
const MAX_HEADER_CHARS = 16_384;
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;
const BAGGAGE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/**
 * The caller's trace context out of the headers of its request (W3C Trace Context, level 2, and W3C Baggage). Each
 * header that is malformed is left out, and `tracestate` also when there is no valid `traceparent`: the run is traced
 * on its own then.
 */
export function carrierFrom(headers: Headers): Carrier {
  const parent = parseTraceparent(single(headers.traceparent));
  const tracestate = parent && parseTracestate(joined(headers.tracestate));
  const baggage = parseBaggage(joined(headers.baggage));
  return {
    ...(parent && { traceparent: formatTraceparent(parent) }),
    ...(tracestate && { tracestate }),
    ...(baggage && { baggage }),
  };
}

/** Reads a `traceparent`; `undefined` when it is absent or malformed, which starts a trace of its own. */
export function parseTraceparent(header: string | undefined): Traceparent | undefined {
  const fields = TRACEPARENT.exec(header?.trim() ?? "")?.groups;
  if (!fields) return undefined;
  const { version = "", traceId = "", spanId = "", flags: bits = "", rest } = fields;
  // ff is forbidden; version 00 has exactly four fields; later versions may add more.
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (ALL_ZEROS.test(traceId) || ALL_ZEROS.test(spanId)) return undefined;
  const flags = Number.parseInt(bits, 16) & KNOWN_FLAGS;
  return { traceId, spanId, sampled: (flags & SAMPLED_FLAG) === SAMPLED_FLAG, flags };
}

/** The `traceparent` of what is done on behalf of a span: a model request, a webhook's delivery, an attempt. */
export function traceparentFor(traceId: string, spanId: string, sampled: boolean): string {
  return formatTraceparent({ traceId, spanId, flags: sampled ? SAMPLED_FLAG : 0 });
}

/**
 * Whether the spans of what carries this are to be exported: as the caller decided, and always when there is none.
 * @param override what the deployment or the invocation decides instead
 */
export function isSampled(carrier: Carrier, override?: "always" | "never"): boolean {
  if (override) return override === "always";
  return parseTraceparent(carrier.traceparent)?.sampled ?? true;
}

/** The carrier with those members of its baggage whose keys are allowed; the caller's other ones stay with us. */
export function allowBaggage(carrier: Carrier, keys: ReadonlySet<string>): Carrier {
  const { baggage, ...rest } = carrier;
  const allowed = listed(baggage).filter((member) => keys.has(member.split("=", 1)[0]?.trim() ?? ""));
  return allowed.length > 0 ? { ...rest, baggage: allowed.join(",") } : rest;
}

/** In the version that we speak, which is how a later one must be passed on. */
function formatTraceparent({ traceId, spanId, flags }: Omit<Traceparent, "sampled">): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, "0")}`;
}

function parseTracestate(text: string | undefined): string | undefined {
  const members = listed(text);
  if (members.length > MAX_STATE_MEMBERS) return undefined;
  const keys = members.map((member) => STATE_MEMBER.exec(member)?.groups?.key);
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return undefined;
  // The newest member stands first: what does not fit is dropped from the end.
  while (members.join(",").length > MAX_STATE_CHARS) members.pop();
  return members.join(",") || undefined;
}

function parseBaggage(text: string | undefined): string | undefined {
  const members = listed(text);
  if (members.length > MAX_BAGGAGE_MEMBERS || !members.every(isBaggageMember)) return undefined;
  const baggage = members.join(",");
  return baggage.length > MAX_BAGGAGE_BYTES ? undefined : baggage || undefined;
}

/** `key=value`, and perhaps properties behind semicolons, each a key with or without a value. */
function isBaggageMember(member: string): boolean {
  const [pair = "", ...properties] = member.split(";");
  return isPair(pair) && properties.every((property) => TOKEN.test(trimmed(property)) || isPair(property));
}

function isPair(text: string): boolean {
  const equals = text.indexOf("=");
  return (
    equals !== -1 && TOKEN.test(trimmed(text.slice(0, equals))) && BAGGAGE_VALUE.test(trimmed(text.slice(equals + 1)))
  );
}

/** The members of a list, without the space around them; none when the header is too long. */
function listed(text = ""): string[] {
  if (text.length > MAX_HEADER_CHARS) return [];
  return text.split(",").flatMap((member) => trimmed(member) || []);
}

/** The text without the spaces and tabs at its ends. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

function single(value: string | readonly string[] | undefined): string | undefined {
  if (typeof value === "string") return value;
  return value?.length === 1 ? value[0] : undefined;
}

function joined(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.join(",");
}
