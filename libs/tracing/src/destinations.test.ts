import type { Span } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { exportToAll, isSameDestination, mergeResults } from "./destinations.ts";
import { mergeExports } from "./export-result.ts";
import { createSender } from "./exporter.ts";
import { newSpanId } from "./ids.ts";
import { collector, sampleSpan } from "./testing/collector.ts";

const span = sampleSpan();

describe("an export to several destinations", () => {
  const caller = "00f067aa0ba902b7";
  const tree = (): Span[] => {
    const base = { ...span, kind: "internal" as const, links: [] };
    const server = { ...base, spanId: newSpanId(), parentSpanId: caller, name: "server", kind: "server" as const };
    const agent = { ...base, spanId: newSpanId(), parentSpanId: server.spanId, name: "agent" };
    return [server, agent];
  };

  it("brings each one its own tree, and tells the result of each", async () => {
    const [a, b] = [await collector(), await collector({ authorization: "other" })];
    const senders = { deployment: createSender(a.destination), invocation: createSender(b.destination) };
    const { results, export: merged } = await exportToAll(senders, tree());
    expect(results).toEqual({
      deployment: { kind: "ok", sent: 2 },
      invocation: { kind: "refused", rejected: 1, reason: expect.stringMatching(/ answered 401$/) },
    });
    expect(merged).toMatchObject({ status: "failed", reason: expect.stringMatching(/^invocation: .* answered 401$/) });
    expect(a.sink.spansOf(span.traceId).map(({ name }) => name)).toEqual(["server", "agent"]);
    expect(b.sink.log[0]?.spans).toMatchObject([{ name: "agent", parentSpanId: caller }]);
  });

  it("is off without any", async () => {
    expect(await exportToAll({}, tree())).toEqual({ results: {}, export: { status: "off" } });
  });

  it("says for each destination whether its unsent spans are kept", () => {
    const unsent = { kind: "unsent", sent: 0, rejected: 0, spans: [span], reason: "late" } as const;
    const results = { deployment: unsent, invocation: { kind: "ok", sent: 1 } } as const;
    expect(mergeResults(results, ["deployment"])).toEqual({ status: "spooled", reason: "deployment: late" });
    expect(mergeResults(results)).toEqual({ status: "failed", reason: "deployment: late" });
  });

  it("is as bad as the worst of them", () => {
    const refused = { status: "partial", reason: "no", rejectedSpans: 2 } as const;
    expect(mergeExports({ a: { status: "ok" }, b: { status: "off" } })).toEqual({ status: "ok" });
    expect(mergeExports({ a: refused, b: { status: "off" } })).toEqual(refused);
    expect(mergeExports({ a: refused, b: refused })).toEqual({
      status: "partial",
      reason: "a: no; b: no",
      rejectedSpans: 4,
    });
    expect(mergeExports({ a: refused, b: { status: "failed", reason: "gone" } }).status).toBe("failed");
  });

  it("knows two destinations that are one", () => {
    const endpoint = "http://collector.test/v1/traces";
    const a = { endpoint, headers: { Authorization: "x", b: "1" } };
    expect(isSameDestination(a, { endpoint, headers: () => ({ b: "1", authorization: "x" }) })).toBe(true);
    expect(isSameDestination(a, { endpoint, headers: { authorization: "y", b: "1" } })).toBe(false);
    expect(isSameDestination(a, { ...a, endpoint: "http://other.test/v1/traces" })).toBe(false);
  });
});
