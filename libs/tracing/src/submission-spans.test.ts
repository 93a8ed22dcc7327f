import { sampleInvocation } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { carrierFrom, parseTraceparent } from "./carrier.ts";
import { SpanRecorder } from "./span-recorder.ts";
import { submissionSpans } from "./submission-spans.ts";
import { CALLER, RUN, SUCCESS, TRACE, TRACEPARENT } from "./testing/sample-run.ts";
import { treeFor } from "./tree-for.ts";

const invocation = sampleInvocation({ model: "openai/gpt-test" }, { attempt: 1 });
const submission = {
  carrier: carrierFrom({ traceparent: TRACEPARENT, tracestate: "a=1", baggage: "b=2" }),
  invocation,
  request: { route: "/v1/invocations", scheme: "http" },
  queue: "invocations",
  startMs: 900,
  sendMs: 905,
  endMs: 910,
};

/** A whole tree, as it comes out of the span log: the submission's spans, then those of two attempts. */
function wholeTree(carrier = submission.carrier) {
  const submitted = submissionSpans({ ...submission, carrier });
  const attempts = [1, 2].flatMap((attempt) => {
    const claimed = { ...invocation, attempt, carrier: submitted.carrier };
    const recorder = new SpanRecorder(claimed, "wrk_1", 1_000, { queue: "invocations" });
    for (const record of RUN) recorder.observe(record);
    return recorder.end(SUCCESS, 1_300);
  });
  return [...submitted.spans, ...attempts];
}

const outline = (spans: ReturnType<typeof wholeTree>) => {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return spans.map(({ name, parentSpanId }) => `${name} < ${names.get(parentSpanId ?? "") ?? parentSpanId}`);
};

describe("the spans of a submission", () => {
  it("are a SERVER span under the caller's and a PRODUCER span under that, which the invocation continues", () => {
    const { traceId, carrier, spans } = submissionSpans(submission);
    const [server, producer] = spans;
    const common = { "session.id": invocation.id, "gen_ai.conversation.id": invocation.id };
    const ours = {
      "openinference.span.kind": "CHAIN",
      "pifleet.invocation.id": invocation.id,
      "pifleet.tenant": "default",
    };
    expect(server).toEqual({
      ...{ traceId: TRACE, spanId: server.spanId, parentSpanId: CALLER, attempt: 0 },
      ...{ name: "POST /v1/invocations", kind: "server", startMs: 900, endMs: 910, events: [] },
      status: { code: "unset" },
      attributes: {
        ...common,
        ...ours,
        "http.request.method": "POST",
        "http.route": "/v1/invocations",
        "http.response.status_code": 202,
        "url.path": "/v1/invocations",
        "url.scheme": "http",
      },
    });
    expect(producer).toEqual({
      ...{ traceId: TRACE, spanId: producer.spanId, parentSpanId: server.spanId, attempt: 0 },
      ...{ name: "send invocations", kind: "producer", startMs: 905, endMs: 910, events: [] },
      status: { code: "unset" },
      attributes: {
        ...common,
        ...ours,
        "messaging.system": "bullmq",
        "messaging.destination.name": "invocations",
        "messaging.message.id": invocation.id,
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
      },
    });
    expect(traceId).toBe(TRACE);
    expect(carrier).toEqual({ traceparent: `00-${TRACE}-${producer.spanId}-01`, tracestate: "a=1", baggage: "b=2" });
  });

  it("begin a trace of their own without a caller", () => {
    const { traceId, carrier, spans } = submissionSpans({ ...submission, carrier: {} });
    expect(spans[0]).toMatchObject({ traceId, parentSpanId: null });
    expect(parseTraceparent(carrier.traceparent)).toMatchObject({ traceId, spanId: spans[1].spanId, sampled: true });
  });

  it("pass on that the caller's trace is not sampled", () => {
    const { carrier } = submissionSpans({ ...submission, carrier: { traceparent: `00-${TRACE}-${CALLER}-00` } });
    expect(parseTraceparent(carrier.traceparent)?.sampled).toBe(false);
  });
});

describe("the tree of an invocation", () => {
  const attempt = [
    "process invocations < send invocations",
    "invoke_agent openai/gpt-test < process invocations",
    "turn 1 < invoke_agent openai/gpt-test",
    "chat gpt-test < turn 1",
    "execute_tool bash < turn 1",
    "execute_tool read < turn 1",
  ];

  it("hangs as a whole on the caller's span for the deployment's collector", () => {
    const expected = [
      `POST /v1/invocations < ${CALLER}`,
      "send invocations < POST /v1/invocations",
      ...attempt,
      ...attempt,
    ];
    expect(outline(treeFor("deployment", wholeTree(), CALLER))).toEqual(expected);
    expect(outline(treeFor("deployment", wholeTree().reverse(), CALLER)).sort()).toEqual(expected.sort());
  });

  it("comes parent first, in whatever order it was kept", () => {
    const seen = new Set<string>([CALLER]);
    for (const span of treeFor("deployment", wholeTree().reverse(), CALLER)) {
      expect(seen).toContain(span.parentSpanId);
      seen.add(span.spanId);
    }
  });

  it("has the agents' spans only, right under the caller's, for the invocation's own collector", () => {
    const agent = [`invoke_agent openai/gpt-test < ${CALLER}`, ...attempt.slice(2)];
    expect(outline(treeFor("invocation", wholeTree(), CALLER))).toEqual([...agent, ...agent]);
    const roots = treeFor("invocation", wholeTree({}), null).filter(({ parentSpanId }) => parentSpanId === null);
    expect(roots.map(({ name }) => name)).toEqual(["invoke_agent openai/gpt-test", "invoke_agent openai/gpt-test"]);
  });

  it("has no missing parent for the invocation's own collector, also when a span was lost", () => {
    const spans = wholeTree().filter(({ name }) => !name.startsWith("turn"));
    const tree = treeFor("invocation", spans, "00000000000000aa");
    const ids = new Set(["00000000000000aa", ...tree.map(({ spanId }) => spanId)]);
    expect(tree.every(({ parentSpanId }) => ids.has(parentSpanId ?? ""))).toBe(true);
  });
});
