import * as z from "zod";

const MAX_HEADERS = 32;
const MAX_VALUE_CHARS = 8_192;

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]{1,256}$/;
/** Visible characters with spaces and tabs between them, and no control character that could begin another header. */
const VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;
/** They belong to the connection or are made from the body: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const OURS = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers of a request that we make to an address which a client names. */
export const RequestHeaders = z
  .record(
    z
      .string()
      .regex(TOKEN, "must be the name of a header")
      .refine((name) => !OURS.has(name.toLowerCase()), "is a header that cannot be chosen"),
    z
      .string()
      .max(MAX_VALUE_CHARS)
      .regex(VALUE, "must be printable ASCII without control characters, and must not begin or end with a space"),
  )
  .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `must be ${MAX_HEADERS} at most`);
export type RequestHeaders = z.infer<typeof RequestHeaders>;
