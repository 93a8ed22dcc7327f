import { describe, expect, it } from "vitest";
import { carrierFrom, parseTraceparent, traceIdOf } from "./carrier.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const PARENT = `00-${TRACE}-${SPAN}-01`;

describe("the trace context of a request", () => {
  it("is read from a well-formed traceparent", () => {
    expect(parseTraceparent(PARENT)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
  });

  it("is read from a later version that has more fields", () => {
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes`)?.traceId).toBe(TRACE);
  });

  it.each([
    "",
    "nonsense",
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  ])("is nothing when the traceparent is malformed: %j", (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
    expect(carrierFrom({ traceparent: header, tracestate: "a=b" })).toEqual({});
  });

  it("carries tracestate and baggage along", () => {
    const carrier = carrierFrom({ traceparent: PARENT, tracestate: ["a=1", "b=2"], baggage: "user=7" });
    expect(carrier).toEqual({ traceparent: PARENT, tracestate: "a=1,b=2", baggage: "user=7" });
    expect(traceIdOf(carrier)).toBe(TRACE);
  });

  it("leaves out baggage that is longer than anybody must carry", () => {
    expect(carrierFrom({ baggage: `a=${"x".repeat(9_000)}` })).toEqual({});
  });
});
