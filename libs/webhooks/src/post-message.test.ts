import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { AddressGuard } from "@pifleet/outbound";
import { verifyWebhook } from "@pifleet/testkit/webhook-sink";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Message, postMessage, type Tried } from "./post-message.ts";
import { SECRET, startSink, TRACEPARENT } from "./testing/delivery-stage.ts";

const QUERY = "?token=in-the-query";
const guard = new AddressGuard({ allow: ["loopback"] });

function post(url: string, deadlineMs = 10_000, fields: Partial<Message> = {}) {
  const common = { messageId: "msg_1", body: '{"type":"invocation.succeeded"}', traceparent: TRACEPARENT };
  return made({ ...common, url: url + QUERY, secrets: [SECRET], ...fields }, guard, { deadlineMs });
}

/** What came of a try that nobody breaks off. */
async function made(...args: Parameters<typeof postMessage>): Promise<Tried> {
  const tried = await postMessage(...args);
  if (!tried) throw new Error("it was broken off");
  return tried;
}

/** A server that speaks as the test wants, from when a client has connected. */
async function serve(speak: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    speak(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a try", () => {
  it("is a signed POST of the body, and any 2xx is a success", async () => {
    const sink = await startSink();
    sink.reply({ kind: "status", status: 202, body: "queued" });
    const { made, retryAfterMs } = await post(sink.url);
    expect(made).toMatchObject({ status: 202, error: null, response: "queued" });
    expect(retryAfterMs).toBeUndefined();
    const [request] = sink.log;
    expect(request).toMatchObject({ method: "POST", path: `/hook${QUERY}`, id: "msg_1" });
    expect(request?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "pi-fleet",
      traceparent: TRACEPARENT,
      "webhook-timestamp": String(Math.floor(Date.parse(made.at) / 1_000)),
    });
    expect(request && verifyWebhook(request, SECRET)).toEqual({ type: "invocation.succeeded" });
  });

  it.each([400, 401, 404, 409, 410, 429, 500, 503, 599])("that is answered %d has failed", async (status) => {
    const sink = await startSink();
    sink.reply({ kind: "status", status, body: "no" });
    const { made } = await post(sink.url);
    expect(made).toMatchObject({ status, error: expect.stringMatching(/:\d+ answered \d{3}$/), response: "no" });
  });

  it.each([301, 302, 303, 307, 308] as const)(
    "that is answered %d has failed: nothing is sent elsewhere",
    async (status) => {
      const [sink, other] = [await startSink(), await startSink()];
      sink.reply({ kind: "redirect", location: other.url, status });
      const { made } = await post(sink.url);
      expect(made).toMatchObject({ status, error: expect.stringContaining("redirects are not followed") });
      expect(made.error).not.toContain(other.url);
      expect(other.log).toEqual([]);
    },
  );

  it("tells what the receiver asks us to wait, when it has failed", async () => {
    const sink = await startSink();
    const inAMinute = new Date(Date.now() + 61_000).toUTCString();
    sink.reply({ kind: "retryAfter", value: "7" }, { kind: "retryAfter", value: inAMinute, status: 429 });
    expect(await post(sink.url)).toMatchObject({ retryAfterMs: 7_000 });
    expect((await post(sink.url)).retryAfterMs).toSatisfy((ms: number) => ms > 30_000 && ms <= 61_000);
    sink.reply({ kind: "status", status: 200, headers: { "retry-after": "7" } });
    expect(await post(sink.url)).not.toHaveProperty("retryAfterMs");
  });
});

describe("a try that gets no answer", () => {
  it("is over by its deadline when the receiver hangs", async () => {
    const sink = await startSink();
    sink.reply({ kind: "hang" });
    const { made } = await post(sink.url, 100);
    expect(made).toMatchObject({
      status: null,
      response: "",
      error: expect.stringMatching(/did not answer within 0\.1 s$/),
    });
  });

  it("is over by its deadline when TLS does not come about", async () => {
    const host = await serve(() => undefined);
    expect((await post(`https://${host}/`, 100)).made.error).toBe(`${host} did not answer within 0.1 s`);
  });

  it("is over by its deadline when the head of the answer drips in", async () => {
    const host = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nx-drip: ");
      const timer = setInterval(() => socket.write("."), 5);
      socket.on("close", () => clearInterval(timer));
    });
    expect((await post(`http://${host}/`, 100)).made).toMatchObject({ status: null });
  });

  it("is broken off when it is not wanted any more, and leaves no connection", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const { promise: connected, resolve: connect } = Promise.withResolvers<void>();
    const host = await serve((socket) => {
      socket.on("close", () => resolve());
      connect();
    });
    const breakOff = new AbortController();
    const message = { url: `http://${host}/`, messageId: "msg_1", body: "", traceparent: null, secrets: [] };
    const trying = postMessage(message, guard, breakOff);
    await connected;
    breakOff.abort();
    expect(await trying).toBeUndefined();
    await closed;
    expect(await postMessage(message, guard, breakOff)).toBeUndefined();
  });

  it("says so when the connection breaks off, or is refused, or was not wanted", async () => {
    const sink = await startSink();
    sink.reply({ kind: "reset" });
    expect((await post(sink.url)).made.error).toMatch(/^127\.0\.0\.1:\d+ cannot be reached \(ECONNRESET\)$/);
    await sink.down();
    expect((await post(sink.url)).made.error).toMatch(/^127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)$/);
    const tried = await made(
      { url: sink.url + QUERY, messageId: "msg_1", body: "", traceparent: null, secrets: [] },
      new AddressGuard(),
    );
    expect(tried.made.error).toBe("127.0.0.1 must not be connected to: its address is not public (loopback)");
  });

  it.each([
    "SSH-2.0-OpenSSH_9.9\r\n",
    "HTTP/1.1 200 OK\r\nsecret\u0000: 1\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    `HTTP/1.1 200 OK\r\nx: ${"x".repeat(100_000)}\r\n\r\n`,
  ])("says so when the answer is no HTTP, or wants something else: %j", async (answer) => {
    const host = await serve((socket) => socket.write(answer));
    const { made } = await post(`http://${host}/`);
    expect(made).toMatchObject({ status: null, error: expect.stringContaining(host) });
  });

  it.each([
    { url: "ftp://127.0.0.1/" },
    { url: "no URL at all" },
    { secrets: ["whsec_not base64!"] },
    { traceparent: "line\nbreak" },
  ])("because it cannot be sent is a failure like any other, and quotes nothing: %j", async (fields) => {
    const { made } = await post("http://127.0.0.1:9/", 1_000, fields);
    expect(made.error).toBe("the message cannot be sent: the URL, a secret or a header is not valid");
  });

  it("tells of the URL nothing but the host", async () => {
    const sink = await startSink();
    sink.replyAlways({ kind: "hang" });
    const tried = [await post(sink.url, 50)];
    await sink.down();
    tried.push(await post(sink.url, 1_000));
    for (const { made } of tried) expect(JSON.stringify(made)).not.toMatch(/hook|token|in-the-query/);
  });
});

describe("what is kept of an answer", () => {
  const responseTo = async (body: string | Uint8Array, fields: Partial<Message> = {}) => {
    const sink = await startSink();
    sink.reply({ kind: "ok", body });
    return (await post(sink.url, 10_000, fields)).made.response;
  };

  it("is its first KiB, whole characters only", async () => {
    expect(await responseTo("-".repeat(1_024))).toBe("-".repeat(1_024));
    expect(await responseTo("-".repeat(1_000_000))).toBe("-".repeat(1_024));
    expect(await responseTo(`-${"ä".repeat(2_000)}`)).toBe(`-${"ä".repeat(511)}`);
  });

  it("is text whatever bytes it was", async () => {
    expect(await responseTo(Buffer.from([0x00, 0x1b, 0x5b, 0xff, 0xfe, 0x41, 0x0a]))).toBe(
      "\ufffd\ufffd[\ufffd\ufffdA\n",
    );
  });

  it("holds no secret, nor the beginning of one that is cut off, nor the query", async () => {
    const bare = SECRET.slice("whsec_".length);
    expect(await responseTo(`a ${SECRET} b ${bare} c in-the-query d`)).toBe("a [redacted] b [redacted] c [redacted] d");
    const cut = await responseTo(`${"-".repeat(1_000)}${SECRET}${"-".repeat(100)}`);
    expect(cut).toBe("-".repeat(1_000));
  });

  it("is what came of one that drips without end, and of one that breaks off", async () => {
    const sink = await startSink();
    sink.reply({ kind: "drip", everyMs: 5 });
    expect((await post(sink.url)).made).toMatchObject({
      status: 200,
      error: null,
      response: expect.stringMatching(/^\.+$/),
    });
    const host = await serve((socket) => {
      socket.write("HTTP/1.1 500 No\r\ncontent-length: 100\r\n\r\nbroken");
      setImmediate(() => socket.end());
    });
    expect((await post(`http://${host}/`)).made).toMatchObject({ status: 500, response: "broken" });
  });
});
