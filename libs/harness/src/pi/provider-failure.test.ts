import { type AssistantMessage, fauxAssistantMessage } from "@earendil-works/pi-ai";
import { describe, expect, it } from "vitest";
import type { HttpAnswer } from "./http-exchange.ts";
import { networkFault } from "./network-fault.ts";
import { providerFailure } from "./provider-failure.ts";

const failed = (errorMessage: string): AssistantMessage =>
  fauxAssistantMessage("The text 429 overloaded, said by the model", { stopReason: "error", errorMessage });

const failure = (words: string, http?: HttpAnswer) =>
  providerFailure(failed(words), http, "http://u:p@10.0.0.5/v1?k=1");

describe("the failure of a provider", () => {
  it.each<readonly [number | undefined, string, string]>([
    [401, '401: {"message":"Incorrect API key"}', "provider_auth"],
    [403, "403 status code (no body)", "provider_auth"],
    [402, '402: {"message":"Payment required"}', "provider_error"],
    [404, '404 {"error":{"message":"model: nope"}}', "model_not_found"],
    [429, "429 status code (no body)", "provider_rate_limited"],
    [429, '429: {"message":"You exceeded your quota","code":"insufficient_quota"}', "provider_error"],
    [500, "500 status code (no body)", "provider_unavailable"],
    [500, "500: The model `x` was not found", "model_not_found"],
    [500, "500: rate limit exceeded", "provider_rate_limited"],
    ...[408, 502, 504, 520, 521, 522, 523, 524].map(
      (code) => [code, `${code} (no body)`, "provider_unavailable"] as const,
    ),
    [400, "400: Connection error", "provider_error"],
    [429, '429: {"error":{"message":"Monthly usage limit reached"}}', "provider_rate_limited"],
    [503, "503 status code (no body)", "provider_overloaded"],
    [529, '529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "provider_overloaded"],
    [400, "Your input exceeds the context window of this model", "context_overflow"],
    [400, "This model's maximum context length is 8192 tokens", "context_overflow"],
    [400, '{"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}', "provider_auth"],
    [400, "400: The model `x` does not exist", "model_not_found"],
    [200, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "provider_overloaded"],
    [200, "Stream ended without finish_reason", "provider_unavailable"],
    [200, "terminated", "provider_unavailable"],
    [200, "Unexpected token < in JSON", "provider_error"],
    [undefined, "429: slow down", "provider_rate_limited"],
    [undefined, "fetch failed", "provider_unavailable"],
    [undefined, "Connection error.", "provider_unavailable"],
    [undefined, "Something else", "provider_error"],
  ])("with status %s and the words %j is %s", (status, words, code) => {
    expect(failure(words, status === undefined ? undefined : { status })).toMatchObject({ code });
  });

  it("is not judged by what the model has said", () => {
    expect(failure("Something else").code).toBe("provider_error");
  });

  it("keeps what Retry-After asked for", () => {
    expect(failure("429", { status: 429, retryAfterMs: 7_000 })).toMatchObject({ retryAfterMs: 7_000 });
  });

  it.each([
    ['401: {"message":"No such key","type":"x"}', "401: No such key"],
    ['529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "529 Overloaded"],
    ['{"error":{"message":"{\\"error\\":{\\"message\\":\\"Inner\\"}}"}}', "Inner"],
    ["500 status code (no body)", "500 status code (no body)"],
    ["broken {json", "broken {json"],
  ])("has the provider's words: %j says %j", (text, message) => {
    expect(failure(text).message).toBe(message);
  });

  it.each([
    [{ code: "ECONNREFUSED" }, false, "provider_unavailable", "http://10.0.0.5/v1 cannot be reached (ECONNREFUSED)"],
    [{ code: "ENOTFOUND" }, false, "provider_unavailable", "http://10.0.0.5/v1 cannot be reached (ENOTFOUND)"],
    [{ code: "ECONNRESET" }, true, "provider_unavailable", "http://10.0.0.5/v1 broke off its answer (ECONNRESET)"],
    [new Error("aborted"), true, "provider_unavailable", "http://10.0.0.5/v1 broke off its answer (aborted)"],
    [
      { code: "CERT_HAS_EXPIRED" },
      false,
      "provider_error",
      "The certificate of http://10.0.0.5/v1 is not accepted (CERT_HAS_EXPIRED)",
    ],
  ])(
    "with the fault %j of the network (answered: %s) is %s and names the address and the cause",
    (error, answered, code, message) => {
      const http = { fault: networkFault(error, answered) };
      expect(failure("Connection error.", http)).toEqual({ code, message });
    },
  );
});
