import type { AssistantMessage } from "@earendil-works/pi-ai";
import { isContextOverflow } from "@earendil-works/pi-ai/utils/overflow";
import { isRetryableAssistantError } from "@earendil-works/pi-ai/utils/retry";
import type { ErrorCode, HarnessFailure } from "@pifleet/invocation";
import type { HttpAnswer } from "./http-exchange.ts";
import { addressOf, faultMessage, type NetworkFault } from "./network-fault.ts";
import { providerWords } from "./provider-words.ts";

/** Longer texts than this are no error messages; they are cut before anything is looked for in them. */
const MAX_TEXT = 20_000;

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
  const retryAfterMs = http?.retryAfterMs;
  const fault = http?.fault;
  return {
    code: fault ? FAULT_CODE[fault.kind] : codeOf(message, text, http?.status),
    message: fault ? faultMessage(fault, addressOf(baseUrl)) : providerWords(text),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function codeOf(message: AssistantMessage, text: string, answered: number | undefined): ErrorCode {
  if (isContextOverflow(message)) return "context_overflow";
  if (OUT_OF_MONEY.test(text)) return "provider_error";
  // A stream can begin with 200 and fail in the middle: then only the words tell.
  const status =
    answered !== undefined && answered >= 400 ? answered : Number(LEADING_STATUS.exec(text)?.groups?.status);
  const code = BY_STATUS[status] ?? BY_WORDS.find(([words]) => words.test(text))?.[1];
  if (code !== undefined) return code;
  if (saysThatModelIsMissing(text)) return "model_not_found";
  if (GATEWAY_STATUS.has(status)) return "provider_unavailable";
  // Pi knows the words of many providers for what passes by itself; a request that was refused (4xx) is none of it.
  const mayPass = !(status >= 400 && status < 500) && isRetryableAssistantError({ ...message, errorMessage: text });
  return mayPass ? "provider_unavailable" : "provider_error";
}

/** Whether one sentence says both. */
function saysThatModelIsMissing(text: string): boolean {
  return text
    .split(".")
    .some((sentence) => /\bmodel\b/i.test(sentence) && /not (?:found|exist|supported)/i.test(sentence));
}
