import type { AssistantMessage } from "@earendil-works/pi-ai";
import { isContextOverflow } from "@earendil-works/pi-ai/utils/overflow";
import { isRetryableAssistantError } from "@earendil-works/pi-ai/utils/retry";
import type { ErrorCode, HarnessFailure } from "@pifleet/invocation";
import type { HttpAnswer } from "./http-exchange.ts";
import { addressOf, faultMessage, type NetworkFault } from "./network-fault.ts";
import { providerWords } from "./provider-words.ts";
import type { ReportedError } from "./reported-error.ts";
import { strangeMessage } from "./strange-answer.ts";

/** Longer texts than this are no error messages; they are cut before anything is looked for in them. */
const MAX_TEXT = 20_000;
const MAX_NAME = 100;

const FAULT_CODE: Readonly<Record<NetworkFault["kind"], ErrorCode>> = {
  unreachable: "provider_unavailable",
  broken_off: "provider_unavailable",
  certificate: "provider_error",
};

/** Statuses that a gateway, or a server that is just starting, answers with: the same request may succeed later. */
const GATEWAY_STATUS = new Set([408, 500, 502, 504, 520, 521, 522, 523, 524]);

/** Statuses that say by themselves what is wrong. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "provider_auth",
  402: "provider_error",
  403: "provider_auth",
  404: "model_not_found",
  413: "context_overflow",
  429: "provider_rate_limited",
  503: "provider_overloaded",
  529: "provider_overloaded",
};

/** The names that providers have for what went wrong, in lower case with `_` between words. */
const BY_NAME: Readonly<Record<string, ErrorCode>> = {
  rate_limit_exceeded: "provider_rate_limited",
  rate_limit_error: "provider_rate_limited",
  rate_limited: "provider_rate_limited",
  too_many_requests: "provider_rate_limited",
  resource_exhausted: "provider_rate_limited",
  throttling_exception: "provider_rate_limited",
  tokens: "provider_rate_limited",
  requests: "provider_rate_limited",
  overloaded_error: "provider_overloaded",
  overloaded: "provider_overloaded",
  engine_overloaded: "provider_overloaded",
  server_overloaded: "provider_overloaded",
  server_is_overloaded: "provider_overloaded",
  slow_down: "provider_overloaded",
  service_unavailable: "provider_overloaded",
  unavailable: "provider_overloaded",
  authentication_error: "provider_auth",
  invalid_api_key: "provider_auth",
  invalid_authentication: "provider_auth",
  permission_error: "provider_auth",
  permission_denied: "provider_auth",
  unauthenticated: "provider_auth",
  unauthorized: "provider_auth",
  api_key_invalid: "provider_auth",
  model_not_found: "model_not_found",
  not_found_error: "model_not_found",
  context_length_exceeded: "context_overflow",
  request_too_large: "context_overflow",
  insufficient_quota: "provider_error",
  billing_error: "provider_error",
};

/** Names that say no more than a status does. */
const BY_BROAD_NAME: Readonly<Record<string, ErrorCode>> = {
  server_error: "provider_unavailable",
  internal_server_error: "provider_unavailable",
  internal_error: "provider_unavailable",
  internal: "provider_unavailable",
  api_error: "provider_unavailable",
  timeout_error: "provider_unavailable",
  deadline_exceeded: "provider_unavailable",
  bad_gateway: "provider_unavailable",
  gateway_timeout: "provider_unavailable",
  upstream_error: "provider_unavailable",
  invalid_request_error: "provider_error",
  invalid_argument: "provider_error",
};

/** What the words of an error say where its status says nothing, or nothing in particular (400, 500). */
const BY_WORDS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/rate.?limit|too many requests|resource.?exhausted|throttl/i, "provider_rate_limited"],
  [/overloaded|service.?unavailable|high demand/i, "provider_overloaded"],
  [/(invalid|incorrect|no).{0,12}api.?key|api.?key not valid|authentication.?error|unauthori[sz]ed/i, "provider_auth"],
  [/model_not_found/i, "model_not_found"],
];

/** An account without money: OpenAI answers 429 as if waiting would help. */
const OUT_OF_MONEY = /insufficient_quota|credit balance is too low/i;

/** The status at the beginning of Pi's error text, such as `429: {…}`, `429 {…}` or `OpenAI API error (429): …`. */
const LEADING_STATUS = /^(?:[A-Za-z ]+\()?(?<status>[45]\d\d)\b/;

/**
 * Classifies an answer that ended in an error. Only the error is ever looked at, never what the model or a tool said.
 * @param http what the provider answered to the request, when it is known
 * @param baseUrl where the model is
 */
export function providerFailure(
  message: AssistantMessage,
  http: HttpAnswer | undefined,
  baseUrl: string,
): HarnessFailure {
  const text = (message.errorMessage ?? "The model request failed without a reason").slice(0, MAX_TEXT);
  return { ...causeOf(message, text, http ?? {}, addressOf(baseUrl)), ...retryAfterOf(http) };
}

function retryAfterOf({ retryAfterMs }: HttpAnswer = {}): Pick<HarnessFailure, "retryAfterMs"> {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/** What the provider reports comes first: a connection that it closes behind its own words is no fault of the network. */
function causeOf(
  message: AssistantMessage,
  text: string,
  { status, reported, fault, strange }: HttpAnswer,
  address: string,
): HarnessFailure {
  if (fault && !reported) return { code: FAULT_CODE[fault.kind], message: faultMessage(fault, address) };
  if (strange) {
    const code = BY_WORDS.find(([words]) => strange.type === "text/html" && words.test(strange.words))?.[1];
    return { code: code ?? "provider_error", message: strangeMessage(strange, address) };
  }
  const isBegun = status !== undefined && status < 400;
  return {
    code: codeOf(message, text, { answered: isBegun ? undefined : status, reported }),
    message: isBegun && reported ? reportedWords(reported, text) : providerWords(text),
  };
}

/** An error inside a stream in the form in which Pi tells a refusal: its number or name, and the provider's words. */
function reportedWords({ status, names, message }: ReportedError, text: string): string {
  return providerWords(`${status ?? names[0] ?? "error"}: ${message ?? text}`);
}

function codeOf(
  message: AssistantMessage,
  text: string,
  { answered, reported }: { answered: number | undefined; reported: ReportedError | undefined },
): ErrorCode {
  const words = `${text}\n${reported?.message ?? ""}`;
  if (isContextOverflow(message)) return "context_overflow";
  if (OUT_OF_MONEY.test(words) || reported?.names.some((name) => OUT_OF_MONEY.test(name))) return "provider_error";
  const status = answered ?? reported?.status ?? Number(LEADING_STATUS.exec(text)?.groups?.status);
  const code = named(reported, BY_NAME) ?? BY_STATUS[status] ?? BY_WORDS.find(([pattern]) => pattern.test(words))?.[1];
  if (code !== undefined) return code;
  if (saysThatModelIsMissing(words)) return "model_not_found";
  if (GATEWAY_STATUS.has(status)) return "provider_unavailable";
  const isRefused = status >= 400 && status < 500;
  const broad = isRefused ? undefined : named(reported, BY_BROAD_NAME);
  if (broad !== undefined) return broad;
  // Pi knows the words of many providers for what passes by itself; a request that was refused (4xx) is none of it.
  const mayPass = !isRefused && isRetryableAssistantError({ ...message, errorMessage: text });
  return mayPass ? "provider_unavailable" : "provider_error";
}

function named(reported: ReportedError | undefined, table: Readonly<Record<string, ErrorCode>>): ErrorCode | undefined {
  const known = reported?.names.map(wordsOf).find((name) => Object.hasOwn(table, name));
  return known === undefined ? undefined : table[known];
}

/** `RateLimitExceeded`, `RESOURCE_EXHAUSTED` and `rate-limit-exceeded` in the way of the tables. */
function wordsOf(name: string): string {
  return name
    .slice(0, MAX_NAME)
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/[\s.-]+/g, "_")
    .toLowerCase();
}

/** Whether one sentence says both. */
function saysThatModelIsMissing(text: string): boolean {
  return text
    .split(".")
    .some((sentence) => /\bmodel\b/i.test(sentence) && /not (?:found|exist|supported)/i.test(sentence));
}
