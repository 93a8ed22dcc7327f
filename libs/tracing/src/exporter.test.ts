import { Agent } from "node:http";
import type { Span } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { createSender, createSenderPool } from "./exporter.ts";
import { newSpanId } from "./ids.ts";
import { Outages } from "./outages.ts";
import { collector, sampleSpan } from "./testing/collector.ts";

const span = sampleSpan();

describe("the export of spans", () => {
  it("brings every field of a span to the collector", async () => {
    const { sink, destination } = await collector();
    expect(await createSender(destination)([span])).toEqual({ kind: "ok", sent: 1 });
    const [received] = await sink.batchOf(span.traceId);
    expect(received).toMatchObject({
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      name: "chat model",
      kind: "SPAN_KIND_CLIENT",
      startTimeUnixNano: 1_760_000_000_000_125_000n,
      endTimeUnixNano: 1_760_000_000_250_500_000n,
      attributes: span.attributes,
      events: [{ name: "retry", timeUnixNano: 1_760_000_000_100_000_000n, attributes: { reason: "429" } }],
      links: span.links,
      status: { code: "STATUS_CODE_ERROR", message: "went wrong" },
      resource: { "service.name": "pi-fleet", "service.version": "1.2.3" },
    });
  });

  it("sends more attributes of the resource, under which the service keeps its own name", async () => {
    const { sink, destination } = await collector();
    const resource = { "deployment.environment": "prod", "service.name": "other" };
    await createSender({ ...destination, resource })([span]);
    const [received] = await sink.batchOf(span.traceId);
    expect(received?.resource).toMatchObject({ "deployment.environment": "prod", "service.name": "pi-fleet" });
  });

  it("sends its headers, compressed protobuf, and the batch in its order", async () => {
    const { sink, destination } = await collector();
    const child = { ...span, spanId: newSpanId(), parentSpanId: span.spanId, name: "child" };
    await createSender(destination)([span, child]);
    const batch = await sink.batchOf(span.traceId);
    expect(batch.map(({ name }) => name)).toEqual(["chat model", "child"]);
    expect(sink.requests.at(-1)).toMatchObject({
      authorization: "Bearer collector-credential",
      "content-type": "application/x-protobuf",
      "content-encoding": "gzip",
    });
  });

  it("tries again when the collector says that this may help, as soon as it says", async () => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "status", status: 503, headers: { "retry-after": "0" } });
    expect(await createSender(destination)([span])).toEqual({ kind: "ok", sent: 1 });
    expect(await sink.batchOf(span.traceId)).toHaveLength(1);
  });

  it("says how many spans a collector refused", async () => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "partial", rejected: 1, message: "too old" });
    const result = await createSender(destination)([span]);
    expect(result).toEqual({ kind: "partial", sent: 0, rejected: 1, reason: "too old" });
  });

  it("gives up on a refusal at once, and never repeats the credential", async () => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "status", status: 401 });
    const result = await createSender(destination)([span]);
    expect(result).toMatchObject({ kind: "refused", reason: expect.stringContaining("answered 401"), mayPass: true });
    expect(JSON.stringify(result)).not.toContain("collector-credential");
  });

  it.each([{ kind: "hang" as const }, { kind: "drip" as const, everyMs: 10 }])(
    "gives up after its deadline on a collector that does not end its answer: $kind",
    async (reply) => {
      const { sink, destination } = await collector();
      sink.reply(reply);
      const result = await createSender({ ...destination, deadlineMs: 100 })([span]);
      expect(result).toMatchObject({ kind: "unsent", reason: expect.stringContaining("did not answer in time") });
    },
  );

  it("fails without an error when nobody listens", async () => {
    const { sink, destination } = await collector();
    await sink.down();
    const result = await createSender({ ...destination, deadlineMs: 2_000 })([span]);
    expect(result).toMatchObject({ kind: "unsent", reason: expect.stringContaining("ECONNREFUSED") });
  });
});

describe("an export that meets trouble", () => {
  it.each([429, 502, 503, 504])("tries again after %i", async (status) => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "status", status, headers: { "retry-after": "0" } }, { kind: "reset" });
    expect(await createSender(destination)([span])).toEqual({ kind: "ok", sent: 1 });
    expect(sink.log).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 500, 301])("does not try again after %i", async (status) => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "status", status });
    expect(await createSender(destination)([span])).toMatchObject({ kind: "refused", rejected: 1 });
    expect(sink.log).toHaveLength(1);
  });

  it("does not wait for a time that is behind its deadline", async () => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "status", status: 503, headers: { "retry-after": "3600" } });
    // With a deadline that the test does not last to, only an export that gives up at once ends.
    const result = await createSender({ ...destination, deadlineMs: 600_000 })([span]);
    expect(result).toMatchObject({ kind: "unsent", spans: [span], reason: expect.stringMatching(/ answered 503$/) });
    expect(sink.log).toHaveLength(1);
  });

  it("does not wait for the rest of an answer that refuses", async () => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "drip", everyMs: 5, status: 401 });
    expect(await createSender({ ...destination, deadlineMs: 600_000 })([span])).toMatchObject({ kind: "refused" });
  });

  it("takes an answer that it cannot read for what its status says", async () => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "body", body: "<html>fine</html>" });
    expect(await createSender(destination)([span])).toEqual({ kind: "ok", sent: 1 });
    sink.reply({ kind: "body", body: "x".repeat(100_000) });
    expect(await createSender(destination)([span])).toMatchObject({ kind: "refused" });
  });

  it("keeps the spans of a collector that is down, which is sent them when it is back", async () => {
    const { sink, destination } = await collector();
    await sink.down();
    const send = createSender({ ...destination, deadlineMs: 2_000 });
    const result = await send([span]);
    expect(result).toMatchObject({ kind: "unsent", spans: [span], reason: expect.stringContaining("ECONNREFUSED") });
    await sink.up();
    expect(result.kind === "unsent" && (await createSender(destination)(result.spans))).toEqual({
      kind: "ok",
      sent: 1,
    });
  });

  it("is refused for a wrong credential, which is asked for at each export", async () => {
    const { destination } = await collector({ authorization: "Bearer right" });
    let authorization = "Bearer wrong-credential";
    const send = createSender({ ...destination, headers: () => ({ authorization }) });
    expect(await send([span])).toMatchObject({ kind: "refused", reason: expect.stringMatching(/ answered 401$/) });
    authorization = "Bearer right";
    expect(await send([span])).toEqual({ kind: "ok", sent: 1 });
  });

  it.each([
    ["no URL", "nonsense", {}],
    ["another protocol", "ftp://127.0.0.1/v1/traces", {}],
    ["a header that cannot be sent", "http://127.0.0.1:9/v1/traces", { authorization: "secret-value\n" }],
  ])("is refused for %s, without an error and without the value", async (_, endpoint, headers) => {
    const { destination } = await collector();
    const result = await createSender({ ...destination, endpoint, headers })([span]);
    expect(result).toMatchObject({ kind: "refused", rejected: 1 });
    expect(JSON.stringify(result)).not.toContain("secret-value");
  });

  it("never repeats a credential, also when the collector does", async () => {
    const { sink, destination } = await collector();
    const url = new URL(destination.endpoint);
    url.username = "user%40name";
    url.password = "pass-word";
    url.search = "?key=query-credential";
    const basic = Buffer.from("user@name:pass-word").toString("base64");
    const words = ["collector-credential", "pass-word", "user@name", basic, "query-credential"];
    const send = createSender({
      ...destination,
      endpoint: url.href,
      headers: { "x-token": "Token collector-credential" },
    });
    sink.reply({ kind: "partial", rejected: 1, message: `bad: ${words.join(" ")}` }, { kind: "status", status: 403 });
    const results = [await send([span]), await send([span])];
    await sink.down();
    results.push(await createSender({ ...destination, endpoint: url.href, deadlineMs: 50 })([span]));
    const reasons = results.map((result) => ("reason" in result ? result.reason : ""));
    expect(reasons[0]).toContain("bad: ");
    for (const word of [...words, "/v1/traces"]) expect(reasons.join(" ")).not.toContain(word);
    expect(sink.requests[0]).toMatchObject({ authorization: `Basic ${basic}` });
  });

  it("is sent in the same way with spans that hold nonsense", async () => {
    const { sink, destination } = await collector();
    const odd = { ...span, attributes: { a: Number.NaN, b: null, c: { d: 1 }, e: undefined } };
    const result = await createSender(destination)([odd as unknown as Span]);
    expect(["ok", "refused"]).toContain(result.kind);
    expect(sink.log.length).toBeLessThanOrEqual(1);
  });
});

describe("the address guard of an export", () => {
  const forbidden = Object.assign(new Error("private address"), { code: "EFORBIDDEN" });

  it("sees every host name, and what it forbids is refused for good", async () => {
    const { destination } = await collector();
    const asked: string[] = [];
    const send = createSender({
      ...destination,
      endpoint: "http://collector.test:4318/v1/traces",
      connection: {
        lookup: (host, _options, callback) => {
          asked.push(host);
          callback(forbidden, "");
        },
        isForbidden: (error) => error === forbidden,
      },
    });
    const reason = "collector.test:4318 must not be connected to";
    expect(await send([span])).toEqual({ kind: "refused", rejected: 1, reason, mayPass: false });
    expect(asked).toEqual(["collector.test"]);
  });

  it("can be an agent, which sees addresses too", async () => {
    const { destination } = await collector();
    const agent = new Agent();
    agent.createConnection = () => {
      throw forbidden;
    };
    const connection = { agent, isForbidden: (error: Error) => error === forbidden };
    const result = await createSender({ ...destination, connection })([span]);
    expect(result).toMatchObject({ kind: "refused", reason: expect.stringMatching(/ must not be connected to$/) });
  });
});

describe("a collector that is known to be away", () => {
  const LONG_MS = 600_000;

  it("is not waited for by the first export of an attempt, though its pause is over, and told with the reason", async () => {
    const { sink, destination } = await collector();
    let nowMs = 0;
    const pool = { ...createSenderPool(), outages: new Outages(() => nowMs) };
    sink.replyAlways({ kind: "hang" });
    await createSender({ ...destination, deadlineMs: 100 }, pool)([span]);
    expect(sink.log).toHaveLength(1);
    nowMs = LONG_MS;
    // With a deadline that the test does not last to, only an export that asks nobody ends.
    const send = createSender({ ...destination, deadlineMs: LONG_MS }, pool);
    const reason = expect.stringContaining("did not answer in time");
    expect(await send([span])).toMatchObject({ kind: "unsent", spans: [span], reason });
    expect(sink.log).toHaveLength(1);
    sink.replyAlways();
    expect(await send([span], { isAgain: true })).toEqual({ kind: "ok", sent: 1 });
    expect(await send([span])).toEqual({ kind: "ok", sent: 1 });
  });

  it("is not asked by an export that had to wait for its turn meanwhile", async () => {
    const { sink, destination } = await collector();
    sink.replyAlways({ kind: "status", status: 503, headers: { "retry-after": "3600" } });
    const send = createSender({ ...destination, deadlineMs: LONG_MS }, createSenderPool(1));
    const results = await Promise.all(Array.from({ length: 5 }, () => send([span])));
    for (const result of results) {
      expect(result).toMatchObject({ kind: "unsent", reason: expect.stringContaining("answered 503") });
    }
    expect(sink.log).toHaveLength(1);
  });

  it("is tried for a moment only before the spans are kept, however long the deadline", async () => {
    const { sink, destination } = await collector();
    await sink.down();
    // The test itself is over before the deadline.
    const result = await createSender({ ...destination, deadlineMs: LONG_MS })([span]);
    expect(result).toMatchObject({ kind: "unsent", reason: expect.stringContaining("ECONNREFUSED") });
  });
});
