import { once } from "node:events";
import { createServer } from "node:net";
import type { InvocationRecord } from "@pifleet/client";
import type { ErrorCode } from "@pifleet/invocation";
import {
  cutAfter,
  empty,
  hang,
  type ModelServer,
  type Reply,
  raw,
  startModelServer,
  status,
} from "@pifleet/testkit/model-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fleet } from "../fleet/fleet.ts";

/** Long enough for a second attempt: the first one waits for 10 s, and the next follows after 5 s or more. */
const PATIENCE_MS = 20_000;
const HTML = { "content-type": "text/html" };
const chunk = (delta: object, finish: string | null = null) => ({
  ...{ id: "c", object: "chat.completion.chunk", created: 0, model: "test" },
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const said = chunk({ content: "Half of" });
const inStream = (error: object) => raw([said, { error }, "data: [DONE]\n\n"]);
const ends = (reason: string) => raw([said, chunk({}, reason), "data: [DONE]\n\n"]);

type Kind = readonly [name: string, code: ErrorCode, isAwaited: boolean, answer: Reply | { readonly address: string }];

/** How failures of a provider are told, and whether they are waited for. `docs/models.md` shows it. */
const KINDS: readonly Kind[] = [
  ["401", "provider_auth", false, status(401, { error: { message: "No" } })],
  ["402", "provider_error", false, status(402, { error: { message: "Pay" } })],
  ["403", "provider_auth", false, status(403, { error: { message: "No" } })],
  ["404", "model_not_found", false, status(404, { error: { message: "None" } })],
  ["400", "provider_error", false, status(400, { error: { message: "Bad" } })],
  ["413", "context_overflow", false, status(413, { error: { message: "Long" } })],
  ["429", "provider_rate_limited", true, status(429, { error: { message: "Slow down" } })],
  [
    "429 with Retry-After beyond the patience",
    "provider_rate_limited",
    false,
    status(429, { error: {} }, { "retry-after": "600" }),
  ],
  ["429 for want of money", "provider_error", false, status(429, { error: { code: "insufficient_quota" } })],
  ["500", "provider_unavailable", true, status(500, { error: { message: "Oh" } })],
  ["502, a page of a gateway", "provider_unavailable", true, status(502, "<h1>Bad Gateway</h1>", HTML)],
  ["503", "provider_overloaded", true, status(503, { error: { message: "Busy" } })],
  ["529", "provider_overloaded", true, status(529, { error: { message: "Busy" } })],
  ["connection refused", "provider_unavailable", true, { address: "http://127.0.0.1:1/v1" }],
  ["no such host", "provider_unavailable", true, { address: "http://nobody.invalid/v1" }],
  ["connection reset", "provider_unavailable", true, { address: "reset" }],
  ["200, a page", "provider_error", false, status(200, "<h1>Sign in</h1>", HTML)],
  ["200, then 429 in the stream", "provider_rate_limited", true, inStream({ code: 429, message: "Slow down" })],
  ["200, then 401 in the stream", "provider_auth", false, inStream({ code: 401, message: "No" })],
  ["200, then an answer that breaks off", "provider_unavailable", true, cutAfter(2, "A long answer, cut off")],
  ["200, ended by a content filter", "provider_error", false, ends("content_filter")],
  ["200, ended by the output limit", "output_truncated", false, ends("length")],
  ["200, without an answer", "no_output", false, empty()],
  ["nothing at all", "timeout_first_byte", false, hang()],
];

let models: ModelServer;
let fleet: Fleet;
const used = new AsyncDisposableStack();
const ended = new Map<string, Promise<InvocationRecord>>();

beforeAll(async () => {
  models = used.adopt(await startModelServer(), (server) => server.close());
  const resetting = createServer((socket) => socket.resetAndDestroy()).listen(0, "127.0.0.1");
  await once(resetting, "listening");
  used.defer(() => void resetting.close());
  const reset = `http://127.0.0.1:${(resetting.address() as { port: number }).port}/v1`;
  const { fake } = models.modelsFile().providers;
  // One provider for each, so that none is held for the sake of another one.
  const providers = KINDS.map(([, , , answer], i) => {
    const address = "address" in answer ? answer.address : `${fake.baseUrl}/${i}`;
    return [`kind-${i}`, { ...fake, baseUrl: address === "reset" ? reset : address }] as const;
  });
  models.otherwise(({ path }) => KINDS[Number(/^\/v1\/(\d+)\//.exec(path)?.[1])]?.[3] as Reply);
  const env = { PIFLEET_CONCURRENCY: String(KINDS.length) };
  fleet = used.use(await Fleet.start({ models: { providers: Object.fromEntries(providers) }, env }));
  const limits = { providerPatienceMs: PATIENCE_MS, firstByteMs: 5_000 };
  for (const [i, [name]] of KINDS.entries()) {
    const { id } = await fleet.client.invocations.create({ model: `kind-${i}/test`, input: "Go.", limits });
    ended.set(name, fleet.client.invocations.wait(id));
  }
});
afterAll(() => used.disposeAsync());

describe("a provider that answers with", () => {
  it.each(KINDS)("%s ends the invocation with %s, waited for: %s", async (name, code, isAwaited) => {
    const record = await ended.get(name);
    expect(record?.error?.code).toBe(code);
    expect(record?.error?.retryable).toBe(code.startsWith("provider_") && !/_(auth|error)$/.test(code));
    const attempts = record?.attempts.length ?? 0;
    // On a machine that is slow enough the patience is over with the first attempt.
    expect(attempts).toBeGreaterThan(0);
    if (!isAwaited) expect(attempts).toBe(1);
  });
});
