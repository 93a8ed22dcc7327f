import { describe, expect, it } from "vitest";
import { prefersJson } from "./accept.ts";

describe("content negotiation between JSON and an event stream", () => {
  it.each([
    "application/json",
    "Application/JSON; charset=utf-8",
    "text/event-stream;q=0.5, application/json",
    "application/json, */*;q=0.1",
    "application/*",
  ])("gives JSON for Accept: %s", (accept) => {
    expect(prefersJson(accept)).toBe(true);
  });

  it.each([
    undefined,
    "",
    "*/*",
    "text/event-stream",
    "text/event-stream, application/json",
    "application/json;q=0.5, text/event-stream",
    "application/json;q=0",
    "application/json;q=x",
    "text/html",
  ])("gives a stream for Accept: %s", (accept) => {
    expect(prefersJson(accept)).toBe(false);
  });
});
