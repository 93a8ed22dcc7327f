import { describe, expect, it } from "vitest";
import { allowBaggage, carrierFrom, isSampled, parseTraceparent, traceparentFor } from "./carrier.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const VALID = `00-${TRACE}-${PARENT}-01`;

describe("the caller's traceparent", () => {
  it("is kept when it is valid, and names the trace", () => {
    const carrier = carrierFrom({ traceparent: VALID });
    expect(carrier).toEqual({ traceparent: VALID });
    expect(parseTraceparent(carrier.traceparent)?.traceId).toBe(TRACE);
  });

  it("is read into its fields", () => {
    expect(parseTraceparent(VALID)).toEqual({ traceId: TRACE, spanId: PARENT, sampled: true, flags: 1 });
    expect(parseTraceparent(`00-${TRACE}-${PARENT}-00`)?.sampled).toBe(false);
  });

  it("of a later version is understood as far as this version goes", () => {
    expect(carrierFrom({ traceparent: `cc-${TRACE}-${PARENT}-01-what-comes` }).traceparent).toBe(VALID);
    expect(carrierFrom({ traceparent: `cc-${TRACE}-${PARENT}-01` }).traceparent).toBe(VALID);
  });

  it("loses flags that nobody has defined", () => {
    expect(carrierFrom({ traceparent: `00-${TRACE}-${PARENT}-ff` }).traceparent).toBe(`00-${TRACE}-${PARENT}-03`);
  });

  it.each([
    ["is empty", ""],
    ["is no traceparent", "hello"],
    ["has upper case", VALID.toUpperCase()],
    ["has the forbidden version", `ff-${TRACE}-${PARENT}-01`],
    ["says more than its version allows", `${VALID}-more`],
    ["has a trace id of zeros", `00-${"0".repeat(32)}-${PARENT}-01`],
    ["has a parent id of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["is too short", `00-${TRACE.slice(1)}-${PARENT}-01`],
    ["has no flags", `00-${TRACE}-${PARENT}`],
    ["has something glued to it", `${VALID}x`],
    ["came twice", `${VALID}, ${VALID}`],
  ])("is dropped, with the tracestate, when it %s", (_, traceparent) => {
    const carrier = carrierFrom({ traceparent, tracestate: "a=1" });
    expect(carrier).toEqual({});
    expect(parseTraceparent(carrier.traceparent)).toBeUndefined();
  });

  it("is dropped when the header came as several", () => {
    expect(carrierFrom({ traceparent: [VALID, VALID] })).toEqual({});
  });
});

describe("the caller's tracestate", () => {
  const tracestate = (value: string | string[]) => carrierFrom({ traceparent: VALID, tracestate: value }).tracestate;

  it("is kept in order, without the space around its members and without empty ones", () => {
    expect(tracestate("rojo=00f067aa , congo@vendor=t61 rc\t,,")).toBe("rojo=00f067aa,congo@vendor=t61 rc");
    expect(tracestate(["a=1", "b=2"])).toBe("a=1,b=2");
  });

  it.each([
    "novalue",
    "a=",
    "A=1",
    "a=1,a=2",
    "a=b=c",
    "a=\u00e9",
    "@x=1",
    `${"k".repeat(257)}=1`,
    `a=${"v".repeat(257)}`,
  ])("is dropped as a whole when it is malformed: %s", (value) => {
    expect(tracestate(value)).toBeUndefined();
  });

  it("is dropped when it has more than 32 members", () => {
    const members = (count: number) => Array.from({ length: count }, (_, i) => `k${i}=v`).join(",");
    expect(tracestate(members(32))).toBe(members(32));
    expect(tracestate(members(33))).toBeUndefined();
  });

  it("loses its oldest members when it is longer than 512 characters", () => {
    const long = (key: string) => `${key}=${"v".repeat(250)}`;
    expect(tracestate([long("a"), long("b"), long("c")].join(","))).toBe(`${long("a")},${long("b")}`);
  });
});

describe("the caller's baggage", () => {
  const baggage = (value: string) => carrierFrom({ baggage: value }).baggage;

  it("is kept with its properties, also without a trace", () => {
    expect(baggage("user=alice%20b;ttl=3;private, tenant = x")).toBe("user=alice%20b;ttl=3;private,tenant = x");
  });

  it.each(["novalue", "a b=1", 'a="1"', "a=1;;", "=1", "a=\u00e9", `a=${"v".repeat(8_200)}`])(
    "is dropped as a whole when it is malformed or too long: %s",
    (value) => {
      expect(baggage(value)).toBeUndefined();
    },
  );

  it("is dropped when it has more than 64 members", () => {
    expect(baggage(Array.from({ length: 65 }, (_, i) => `k${i}=v`).join(","))).toBeUndefined();
  });
});

describe("the trace context that is passed on", () => {
  it("is a traceparent of the span and of the sampling", () => {
    expect(traceparentFor(TRACE, PARENT, true)).toBe(VALID);
    expect(traceparentFor(TRACE, PARENT, false)).toBe(`00-${TRACE}-${PARENT}-00`);
  });

  it("holds the allowed members of the baggage only", () => {
    const carrier = { traceparent: VALID, baggage: "a=1;x,b = 2,c=3" };
    expect(allowBaggage(carrier, new Set(["a", "b"]))).toEqual({ traceparent: VALID, baggage: "a=1;x,b = 2" });
    expect(allowBaggage(carrier, new Set())).toEqual({ traceparent: VALID });
  });

  it("is sampled as the caller says, or always, unless somebody decides otherwise", () => {
    const unsampled = { traceparent: `00-${TRACE}-${PARENT}-02` };
    expect([isSampled({ traceparent: VALID }), isSampled(unsampled), isSampled({})]).toEqual([true, false, true]);
    expect([isSampled(unsampled, "always"), isSampled({}, "never")]).toEqual([true, false]);
  });
});
