import { describe, expect, it } from "vitest";
import { Contract } from "./contract.ts";

const json = (schema: object) => ({ content: { "application/json": { schema } } });
const contract = new Contract({
  openapi: "3.1.0",
  paths: {
    "/v1/things/{id}": { get: { responses: { 200: json({ $ref: "#/components/schemas/Thing" }), 204: {} } } },
    "/v1/things/last": { get: { responses: { 200: json({ type: "null" }) } } },
    "/v1/files/{path}": { get: { responses: { 200: { content: { "*/*": {} } }, 404: json({ type: "object" }) } } },
  },
  components: {
    schemas: {
      Event: { oneOf: [{ $ref: "#/components/schemas/Thing" }] },
      Thing: {
        type: "object",
        properties: { at: { type: "string", format: "date-time" } },
        required: ["at"],
        additionalProperties: false,
      },
    },
  },
});
const check =
  (path: string, status: number, text: string, type = "application/json") =>
  () =>
    contract.check("GET", path, { status, type, text });

describe("a contract", () => {
  it("takes answers that are as described, and what no route takes", () => {
    expect(check("/v1/things/1", 200, '{"at":"2030-01-02T03:04:05.000Z"}')).not.toThrow();
    expect(check("/v1/things/last", 200, "null")).not.toThrow();
    expect(check("/v1/things/1", 204, "", "")).not.toThrow();
    expect(check("/v1/files/a/b.txt", 404, "{}")).not.toThrow();
    expect(check("/v2", 200, "x")).not.toThrow();
    expect(() => contract.checkEvent('{"at":"2030-01-02T03:04:05.000Z"}')).not.toThrow();
  });

  it.each([
    ["a status", check("/v1/things/1", 201, "{}"), /no such status/],
    ["a type", check("/v1/things/1", 200, "x", "text/plain"), /knows no text\/plain/],
    ["a body", check("/v1/things/1", 204, "x", ""), /no body/],
    ["a field", check("/v1/things/1", 200, '{"at":"2030-01-02T03:04:05.000Z","b":1}'), /additional properties/],
    ["a format", check("/v1/things/1", 200, '{"at":"yesterday"}'), /\/at must match format/],
    ["an event", () => contract.checkEvent("{}"), /required property 'at'/],
  ])("refuses %s that is not", (_what, act, fault) => {
    expect(act).toThrow(fault);
  });
});
