import type { Span } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { exportToAll, isSameDestination } from "./destinations.ts";
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

  it("brings each one its own tree, and tells what came of each", async () => {
    const [a, b] = [await collector(), await collector({ authorization: "other" })];
    const senders = { deployment: createSender(a.destination), invocation: createSender(b.destination) };
    expect(await exportToAll(senders, tree(), caller)).toEqual({
      deployment: { status: "ok" },
      invocation: { status: "failed", reason: expect.stringMatching(/ answered 401$/), again: true },
    });
    expect(a.sink.spansOf(span.traceId).map(({ name }) => name)).toEqual(["server", "agent"]);
    expect(b.sink.log[0]?.spans).toMatchObject([{ name: "agent", parentSpanId: caller }]);
  });

  it("is none without any", async () => {
    expect(await exportToAll({}, tree(), caller)).toEqual({});
  });

  it("is made again only where it is to be, and goes on behind what was taken", async () => {
    const [a, b] = [await collector(), await collector()];
    const senders = { deployment: createSender(a.destination), invocation: createSender(b.destination) };
    const before = {
      deployment: { status: "spooled", reason: "away", rejectedSpans: 2, sent: 1, again: true },
      invocation: { status: "failed", reason: "no" },
    } as const;
    expect(await exportToAll(senders, tree(), caller, before)).toEqual({
      deployment: { status: "partial", reason: "away", rejectedSpans: 2 },
      invocation: before.invocation,
    });
    expect(a.sink.spansOf(span.traceId).map(({ name }) => name)).toEqual(["agent"]);
    expect(b.sink.log).toEqual([]);
  });

  it("keeps what is known of a destination that is there no more", async () => {
    const before = { deployment: { status: "spooled", reason: "away", again: true } } as const;
    expect(await exportToAll({}, tree(), caller, before)).toEqual(before);
  });

  it("knows two destinations that are one", () => {
    const endpoint = "http://collector.test/v1/traces";
    const a = { endpoint, headers: { Authorization: "x", b: "1" } };
    expect(isSameDestination(a, { endpoint, headers: () => ({ b: "1", authorization: "x" }) })).toBe(true);
    expect(isSameDestination(a, { endpoint, headers: { authorization: "y", b: "1" } })).toBe(false);
    expect(isSameDestination(a, { ...a, endpoint: "http://other.test/v1/traces" })).toBe(false);
  });
});
