import { type AssistantMessage, fauxAssistantMessage } from "@earendil-works/pi-ai";
import { describe, expect, it } from "vitest";
import { providerFailure } from "./provider-failure.ts";

const failed = (errorMessage: string): AssistantMessage =>
  fauxAssistantMessage("The text 429 overloaded, said by the model", { stopReason: "error", errorMessage });

describe("the failure of a provider", () => {
  it.each([
    [401, '401: {"message":"Incorrect API key"}', "provider_auth"],
    [403, "403 status code (no body)", "provider_auth"],
    [402, '402: {"message":"Payment required"}', "provider_error"],
    [404, '404 {"error":{"message":"model: nope"}}', "model_not_found"],
    [429, "429 status code (no body)", "provider_rate_limited"],
    [429, '429: {"message":"You exceeded your quota","code":"insufficient_quota"}', "provider_error"],
    [500, "500 status code (no body)", "provider_error"],
    [503, "503 status code (no body)", "provider_overloaded"],
    [529, '529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "provider_overloaded"],
    [400, "Your input exceeds the context window of this model", "context_overflow"],
    [400, "This model's maximum context length is 8192 tokens", "context_overflow"],
    [400, '{"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}', "provider_auth"],
    [400, "400: The model `x` does not exist", "model_not_found"],
    [200, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "provider_overloaded"],
    [200, "Stream ended without finish_reason", "provider_error"],
    [undefined, "429: slow down", "provider_rate_limited"],
    [undefined, "fetch failed", "provider_error"],
    [undefined, "Connection error.", "provider_error"],
  ])("with status %s and the words %j is %s", (status, words, code) => {
    expect(providerFailure(failed(words), status === undefined ? undefined : { status })).toMatchObject({ code });
  });

  it("is not judged by what the model has said", () => {
    expect(providerFailure(failed("Connection error."), undefined).code).toBe("provider_error");
  });

  it("keeps what Retry-After asked for", () => {
    expect(providerFailure(failed("429"), { status: 429, retryAfterMs: 7_000 })).toMatchObject({ retryAfterMs: 7_000 });
  });

  it.each([
    ['401: {"message":"No such key","type":"x"}', "401: No such key"],
    ['529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "529 Overloaded"],
    ['{"error":{"message":"{\\"error\\":{\\"message\\":\\"Inner\\"}}"}}', "Inner"],
    ["500 status code (no body)", "500 status code (no body)"],
    ["broken {json", "broken {json"],
  ])("has the provider's words: %j says %j", (text, message) => {
    expect(providerFailure(failed(text), undefined).message).toBe(message);
  });
});
