import type { Environment } from "@pifleet/environment";
import type { UnknownVariable } from "@pifleet/environment/unknown-variables";
import { wholeNumber } from "@pifleet/environment/variables";
import { withoutTrailing } from "@pifleet/invocation";
import * as z from "zod";

const Url = z.url({ protocol: /^https?$/, error: "must be a URL that begins with http:// or https://" });
const Headers = z.string().transform(parsePairs);
const Attributes = z.string().transform(parsePairs);
const PROTOCOL = "http/protobuf";
const Protocol = z
  .string()
  .transform((text) => text.trim().toLowerCase())
  .pipe(z.literal(PROTOCOL, `must be ${PROTOCOL}, the only protocol that is supported`));

/** An export may take so long at most: less than the time for which its worker has the spans to itself. */
const TimeoutMs = wholeNumber(100, 25_000);

/** One of some words, in any case, as OpenTelemetry has its enumerations and booleans. */
function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  const error = `must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return z
    .string()
    .transform((text) => text.trim().toLowerCase())
    .pipe(z.enum(words, { error }));
}

/** The variables about traces; the standard ones mean what OpenTelemetry says. */
export const TRACE_VARIABLES = {
  OTEL_SDK_DISABLED: word(["true", "false"]).default("false"),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_RESOURCE_ATTRIBUTES: Attributes.optional(),
  OTEL_TRACES_EXPORTER: word(["otlp", "none"]).default("otlp"),
  OTEL_EXPORTER_OTLP_PROTOCOL: Protocol.optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: Protocol.optional(),
  OTEL_TRACES_SAMPLER: word(["parentbased_always_on", "always_on", "always_off"]).default("parentbased_always_on"),
  OTEL_EXPORTER_OTLP_ENDPOINT: Url.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: Url.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: Headers.optional(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: Headers.optional(),
  OTEL_EXPORTER_OTLP_TIMEOUT: TimeoutMs.optional(),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: TimeoutMs.optional(),
  PIFLEET_TRACE_CONTENT: z.enum(["on", "off"], "must be on or off").default("off"),
};

type Variables = z.infer<z.ZodObject<typeof TRACE_VARIABLES>>;

const SECRET_FILES = new Set(["OTEL_EXPORTER_OTLP_HEADERS_FILE", "OTEL_EXPORTER_OTLP_TRACES_HEADERS_FILE"]);
const DEFAULT_TIMEOUT_MS = 10_000;

/** The deployment's settings for traces. */
export interface TraceConfig {
  /** Nothing is exported, wherever it should go. The spans can still be read with the record. */
  readonly isDisabled: boolean;
  /** The deployment's collector, if there is one. */
  readonly collector?: { readonly endpoint: string; readonly headers: Record<string, string> };
  readonly serviceName: string;
  /** Attributes of the resource beside the service's name and version; for the deployment's collector alone. */
  readonly resource: Readonly<Record<string, string>>;
  /** How long one export may take with all its tries, milliseconds. */
  readonly deadlineMs: number;
  /** Which invocations are exported; as their callers decided when there is no word. */
  readonly sampling?: "always" | "never";
  /** Whether spans hold what was said, where the invocation does not decide. */
  readonly content: boolean;
}

export function traceConfig(variables: Variables): TraceConfig {
  const isDisabled = variables.OTEL_SDK_DISABLED === "true";
  const collector = isDisabled || variables.OTEL_TRACES_EXPORTER === "none" ? undefined : collectorOf(variables);
  const { "service.name": namedService, ...resource } = variables.OTEL_RESOURCE_ATTRIBUTES ?? {};
  const sampling = samplingOf(variables.OTEL_TRACES_SAMPLER);
  return {
    isDisabled,
    serviceName: variables.OTEL_SERVICE_NAME ?? namedService ?? "pi-fleet",
    resource,
    deadlineMs:
      variables.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? variables.OTEL_EXPORTER_OTLP_TIMEOUT ?? DEFAULT_TIMEOUT_MS,
    content: variables.PIFLEET_TRACE_CONTENT === "on",
    ...(collector && { collector }),
    ...(sampling && { sampling }),
  };
}

/** Names the standard variables that are set and that nothing here reads. */
export function unsupportedVariables(environment: Environment): UnknownVariable[] {
  const names = Object.keys(environment).filter((name) => name.startsWith("OTEL_") && environment[name]?.trim());
  const known = (name: string) => Object.hasOwn(TRACE_VARIABLES, name) || SECRET_FILES.has(name);
  return names.filter((name) => !known(name)).map((variable) => ({ variable, meant: undefined }));
}

function samplingOf(sampler: Variables["OTEL_TRACES_SAMPLER"]): TraceConfig["sampling"] {
  if (sampler === "parentbased_always_on") return undefined;
  return sampler === "always_on" ? "always" : "never";
}

/**
 * The traces endpoint is used as it is; the general one is a base to which the signal's path is added
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp).
 */
function collectorOf(variables: Variables): TraceConfig["collector"] {
  const base = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  const endpoint = variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${withoutTrailing(base, "/")}/v1/traces`);
  if (!endpoint) return undefined;
  const headers = { ...variables.OTEL_EXPORTER_OTLP_HEADERS, ...variables.OTEL_EXPORTER_OTLP_TRACES_HEADERS };
  return { endpoint, headers };
}

/** `name=value` pairs between commas, percent-encoded, as OpenTelemetry has them. */
function parsePairs(text: string, context: z.RefinementCtx): Record<string, string> {
  const pairs = text
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "");
  if (pairs.some((pair) => pair.indexOf("=") < 1)) {
    context.addIssue({ code: "custom", message: "must be name=value pairs, separated by commas" });
    return z.NEVER;
  }
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())];
    }),
  );
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // Not percent-encoded after all: many people write the credential as it is.
    return value;
  }
}
