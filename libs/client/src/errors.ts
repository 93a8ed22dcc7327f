import type { Problem, ProblemCode } from "@pifleet/invocation";
import type { Open } from "./received.ts";

/**
 * A problem as it arrives: a newer API may have codes that this client does not know, and what stands before an API answers
 * in its own words, with the code `http_<status>`.
 */
export type ReceivedProblem = Omit<Problem, "code"> & { readonly code: Open<ProblemCode> };

/** The API refused a request; `problem` says why (RFC 9457). */
export class PiFleetError extends Error {
  override readonly name = "PiFleetError";
  readonly problem: ReceivedProblem;
  /** How long the API asks to wait before the request is sent again, milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: ReceivedProblem, retryAfterMs?: number) {
    super(problem.detail === "" ? problem.title : `${problem.title}: ${problem.detail}`);
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }

  /** The HTTP status of the answer. */
  get status(): number {
    return this.problem.status;
  }

  /** The problem's stable code; switch over it. */
  get code(): ReceivedProblem["code"] {
    return this.problem.code;
  }
}

/** No answer came, or none that a Pi Fleet API gives. Whether the request took effect is not known. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code = "connection_failed";
  /** The address that was asked, without the query. */
  readonly url: string;

  constructor(url: string, reason: string, options: { cause?: unknown } = {}) {
    super(`${url}: ${reason}`, options);
    this.url = url;
  }
}

/** Why a message is not taken for one of the fleet. */
export type WebhookFault =
  | "missing_header"
  | "malformed_timestamp"
  | "too_old"
  | "too_new"
  | "wrong_signature"
  | "malformed_body";

/** A message that must not be trusted: answer it with 400. */
export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
  readonly code: WebhookFault;

  constructor(code: WebhookFault, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
