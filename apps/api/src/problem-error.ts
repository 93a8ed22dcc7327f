import { STATUS_CODES } from "node:http";
import type { Problem, ProblemCode } from "@pifleet/invocation";

/** The media type of a problem. */
export const PROBLEM_JSON = "application/problem+json; charset=utf-8";

interface ProblemOptions {
  readonly errors?: Problem["errors"];
  /** Headers that belong to the answer, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by a route to answer with a problem. All of it reaches the client. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status the status of the answer, 400 to 599
   * @param code stable; clients switch over it
   * @param detail what is wrong and, where there is something, what to do
   */
  constructor(status: number, code: ProblemCode, detail: string, { errors, headers }: ProblemOptions = {}) {
    super(detail);
    const title = STATUS_CODES[status] ?? "Error";
    this.problem = { type: `about:blank#${code}`, title, status, detail, code, ...(errors && { errors }) };
    this.headers = headers ?? {};
  }
}
