import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { type SinkControls, startSinkServer } from "../sink-server.ts";
import { answer, statusOf, type WebhookReply } from "./sink-reply.ts";

export type { WebhookReply } from "./sink-reply.ts";

/** A request as the sink received it, whether it was accepted or not. */
export interface WebhookRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The header `webhook-id`. */
  readonly id: string;
  /** Whether it was answered with a 2xx. */
  readonly accepted: boolean;
}

/** A receiver of webhooks for tests, over real HTTP. */
export interface WebhookSink extends SinkControls {
  /** Where messages may be sent; any other path is as good. */
  readonly url: string;
  /** Every request, oldest first. */
  readonly log: readonly WebhookRequest[];
  /** Every message that was accepted, once for each `webhook-id`, as a receiver that heeds it has them. */
  accepted(): WebhookRequest[];
  /** The next answers, one a request; then what `replyAlways` said, or else `ok` again. */
  reply(...replies: WebhookReply[]): void;
  /** Every answer from now on, until it is called with nothing; a function decides for each request. */
  replyAlways(reply?: WebhookReply | ((request: Omit<WebhookRequest, "accepted">) => WebhookReply)): void;
}

/**
 * Verifies the signatures of a request as Standard Webhooks wants it, and returns what its body holds.
 * @throws {Error} when none is of this secret, or the time of the request is not near
 */
export function verifyWebhook({ body, headers }: Pick<WebhookRequest, "body" | "headers">, secret: string): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}

/** Starts a sink on a free port of the loopback address. */
export async function startWebhookSink(): Promise<WebhookSink> {
  const log: WebhookRequest[] = [];
  const replies: WebhookReply[] = [];
  let always: Parameters<WebhookSink["replyAlways"]>[0];

  const { origin, ...controls } = await startSinkServer(async (incoming, response) => {
    const received = await receive(incoming);
    if (!received) return;
    const planned = replies.shift() ?? always ?? { kind: "ok" };
    const reply = typeof planned === "function" ? planned(received) : planned;
    const status = statusOf(reply) ?? 0;
    log.push({ ...received, accepted: status >= 200 && status < 300 });
    answer(response, reply);
  });
  return {
    ...controls,
    url: `${origin}/hook`,
    log,
    accepted: () => [
      ...new Map(log.filter(({ accepted }) => accepted).map((request) => [request.id, request])).values(),
    ],
    reply: (...next) => void replies.push(...next),
    replyAlways: (reply) => {
      always = reply;
    },
  };
}

/** `undefined` when the client went away before it had sent everything. */
async function receive(incoming: IncomingMessage): Promise<Omit<WebhookRequest, "accepted"> | undefined> {
  try {
    const { method = "", url: path = "", headers } = incoming;
    return { method, path, headers, body: await text(incoming), id: String(headers["webhook-id"] ?? "") };
  } catch {
    return undefined;
  }
}
