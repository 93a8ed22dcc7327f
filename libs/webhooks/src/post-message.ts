import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { DeliveryTry } from "@pifleet/invocation";
import type { AddressGuard, GuardedConnection } from "@pifleet/outbound";
import { answerText, beginningOf } from "./answer.ts";
import { retryAfterMs } from "./retry-after.ts";
import { signedHeaders } from "./signature.ts";

/** A message and where it goes. */
export interface Message {
  readonly url: string;
  readonly messageId: string;
  readonly body: string;
  readonly traceparent: string | null;
  /** Every one that is valid now. */
  readonly secrets: readonly string[];
}

/** Result of one try. */
export interface Tried {
  readonly made: DeliveryTry;
  /** Wait that the receiver asks for. */
  readonly retryAfterMs?: number;
}

/** A try has so long until the receiver has said whether it took the message. */
const TRY_DEADLINE_MS = 15_000;

export interface TryLimits {
  /** How long the try may take, milliseconds. Default: 15,000. */
  readonly deadlineMs?: number;
  /** Breaks the try off when it is aborted. */
  readonly signal?: AbortSignal;
}

type Answer = { readonly response: IncomingMessage; readonly beginning: Uint8Array } | { readonly reason: string };

/**
 * Makes one try to bring a message to its receiver. The deadline covers everything until the status of the answer is
 * there: name, connection, TLS, a receiver that takes or sends byte by byte. Any 2xx counts as taken, nothing else
 * does, and redirects are not followed: who answers them is not whom the message is for. Never rejects; what is said of
 * a failure names the host and nothing else of the URL.
 * @returns `undefined` when the try was broken off: then nobody knows whether the receiver has the message
 */
export async function postMessage(
  message: Message,
  guard: Pick<AddressGuard, "connectionTo">,
  limits: TryLimits = {},
): Promise<Tried | undefined> {
  const at = new Date();
  const startMs = performance.now();
  const answer = await ask(message, guard, at, limits);
  if (!answer) return undefined;
  const durationMs = Math.round((performance.now() - startMs) * 1_000) / 1_000;
  const common = { at: at.toISOString(), durationMs };
  if ("reason" in answer) return { made: { ...common, status: null, error: answer.reason, response: "" } };
  const { response, beginning } = answer;
  const { statusCode: status = 0, headers } = response;
  const url = new URL(message.url);
  const error = refusal(url, status);
  const asked = error === null ? undefined : retryAfterMs(headers["retry-after"], Date.now());
  return {
    made: { ...common, status, error, response: answerText(beginning, url, message.secrets) },
    ...(asked !== undefined && { retryAfterMs: asked }),
  };
}

async function ask(
  message: Message,
  guard: Pick<AddressGuard, "connectionTo">,
  at: Date,
  limits: TryLimits,
): Promise<Answer | undefined> {
  let outgoing: ClientRequest | undefined;
  try {
    const url = new URL(message.url);
    const connection = guard.connectionTo(url);
    outgoing = open(url, message, connection, at);
    outgoing.end(message.body);
    const response = await responseTo(outgoing, url, connection, limits);
    if (!response) return undefined;
    return typeof response === "string" ? { reason: response } : { response, beginning: await beginningOf(response) };
  } catch {
    // Node quotes what it refuses to send, and that may be a secret.
    return { reason: "the message cannot be sent: the URL, a secret or a header is not valid" };
  } finally {
    outgoing?.destroy();
  }
}

/** The answer as soon as its status is there; or why there is none; nothing when the try is broken off. What happens to the request later changes nothing. */
async function responseTo(
  outgoing: ClientRequest,
  { host }: URL,
  { isForbidden }: GuardedConnection,
  { deadlineMs = TRY_DEADLINE_MS, signal }: TryLimits,
): Promise<IncomingMessage | string | undefined> {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage | string | undefined>();
  const breakOff = () => resolve(undefined);
  const deadline = setTimeout(() => resolve(`${host} did not answer within ${deadlineMs / 1_000} s`), deadlineMs);
  outgoing.on("error", (error: NodeJS.ErrnoException) =>
    resolve(isForbidden(error) ? error.message : `${host} cannot be reached (${error.code ?? error.name})`),
  );
  outgoing.on("upgrade", (_, socket) => {
    // It is the request's no more, so that nobody else would end it, or hear of its errors.
    socket.destroy();
    resolve(`${host} wants another protocol`);
  });
  outgoing.on("response", resolve);
  signal?.addEventListener("abort", breakOff, { once: true });
  if (signal?.aborted) breakOff();
  try {
    return await promise;
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener("abort", breakOff);
  }
}

function open(url: URL, { messageId, body, secrets, traceparent }: Message, { agent }: GuardedConnection, at: Date) {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return request(url, {
    method: "POST",
    agent,
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": "pi-fleet",
      ...signedHeaders({ messageId, body, at }, secrets),
      ...(traceparent !== null && { traceparent }),
    },
  });
}

/** Why an answer does not count; `null` when it does. */
function refusal({ host }: URL, status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `${host} answered ${status}: redirects are not followed`;
  return `${host} answered ${status}`;
}
