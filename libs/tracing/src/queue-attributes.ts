import type { Invocation } from "@pifleet/invocation";
import type { Attributes } from "./attribute-limits.ts";

/** The request by which an invocation was submitted. */
export interface SubmissionRequest {
  /** Upper case. Default `POST`. */
  readonly method?: string;
  /** The route's template, such as `/v1/invocations`. */
  readonly route: string;
  /** `http` or `https`. */
  readonly scheme: string;
  /** The path as it was sent, without the query. Default: the route. */
  readonly path?: string;
  /** The status of the answer. Default 202. */
  readonly statusCode?: number;
}

type Sent = Pick<Invocation, "id" | "tenant">;

/** On the SERVER span of the request that submitted the invocation. */
export function serverAttributes(request: SubmissionRequest, { id, tenant }: Sent): Attributes {
  return {
    "http.request.method": request.method ?? "POST",
    "http.route": request.route,
    "http.response.status_code": request.statusCode ?? 202,
    "url.path": request.path ?? request.route,
    "url.scheme": request.scheme,
    "openinference.span.kind": "CHAIN",
    "pifleet.invocation.id": id,
    "pifleet.tenant": tenant,
  };
}

/** On the PRODUCER span. The id of the message is that of the invocation. */
export function producerAttributes(queue: string, sent: Sent): Attributes {
  return { ...messagingAttributes(queue, sent), ...operation("send") };
}

/** On the CONSUMER span. */
export function consumerAttributes(queue: string, invocation: Sent & Pick<Invocation, "attempt">): Attributes {
  return {
    ...messagingAttributes(queue, invocation),
    ...operation("process"),
    "pifleet.attempt": invocation.attempt,
  };
}

function messagingAttributes(queue: string, { id, tenant }: Sent): Attributes {
  return {
    "messaging.system": "bullmq",
    "messaging.destination.name": queue,
    "messaging.message.id": id,
    "openinference.span.kind": "CHAIN",
    "pifleet.invocation.id": id,
    "pifleet.tenant": tenant,
  };
}

function operation(name: "send" | "process"): Attributes {
  return { "messaging.operation.name": name, "messaging.operation.type": name };
}
