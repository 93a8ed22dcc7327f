import { element } from "./answer-elements.ts";

/** The store has answered that it does not do what was asked; asking again would not help. */
export class S3Error extends Error {
  override readonly name = "S3Error";
  readonly code = "s3_refused";
  /** The status of the answer. */
  readonly status: number;

  constructor(what: string, status: number, body = "") {
    super(`S3 refused ${what}: ${answered(status, body)}`);
    this.status = status;
  }
}

/** An answer in a few words: its status, and the code of the error when its body tells one; such as `403 AccessDenied`. */
export function answered(status: number, body: string): string {
  const code = element(body, "Code");
  return code ? `${status} ${code.slice(0, 100)}` : String(status);
}
