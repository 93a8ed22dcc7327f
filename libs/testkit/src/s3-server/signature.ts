import { createHash, createHmac, type Hash, type Hmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import { S3Refusal } from "./refusal.ts";

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<id>[^/]+)\/(?<day>\d{8})\/(?<region>[^/]+)\/s3\/aws4_request, SignedHeaders=(?<headers>[^,]+), Signature=[\da-f]{64}$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** A clock may be wrong by this much, milliseconds. */
const SKEW_MS = 900_000;

export interface S3Account {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Checks a request as S3 does, with the signer of Amazon's own SDK.
 * @throws {S3Refusal} when it is not signed by the account, now, with all that must not be changed
 */
export async function verifySignature(request: SignedRequest, account: S3Account, region: string): Promise<void> {
  const { headers } = request;
  const groups = AUTHORIZATION.exec(headers.authorization ?? "")?.groups;
  if (!groups) throw new S3Refusal(403, "AccessDenied");
  if (groups.id !== account.accessKeyId) throw new S3Refusal(403, "InvalidAccessKeyId");
  if (groups.region !== region) throw new S3Refusal(400, "AuthorizationHeaderMalformed");
  if (headers["x-amz-security-token"] !== account.sessionToken) throw new S3Refusal(400, "InvalidToken");
  const signed = groups.headers?.split(";") ?? [];
  const needed = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  if (!needed.every((name) => signed.includes(name))) throw new S3Refusal(403, "AccessDenied");
  const date = dateOf(String(headers["x-amz-date"]));
  if (Math.abs(Date.now() - date.getTime()) > SKEW_MS) throw new S3Refusal(403, "RequestTimeTooSkewed");
  const expected = await authorizationOf(request, signed, date, account, region);
  if (!isSame(expected, headers.authorization ?? "")) throw new S3Refusal(403, "SignatureDoesNotMatch");
  checkBody(request);
}

/** What the header of a request that is signed like this must be. */
async function authorizationOf(
  { method, url, headers }: SignedRequest,
  signed: readonly string[],
  signingDate: Date,
  credentials: S3Account,
  region: string,
): Promise<string> {
  const signer = new SignatureV4({ service: "s3", region, credentials, sha256: Sha256, uriEscapePath: false });
  const { pathname, searchParams } = new URL(url, "http://s3");
  const request = {
    method,
    protocol: "http:",
    hostname: "",
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
  };
  const { headers: result } = await signer.sign(request, { signingDate });
  return result.authorization ?? "";
}

function checkBody({ headers, body }: SignedRequest): void {
  const declared = headers["x-amz-content-sha256"];
  if (declared === "UNSIGNED-PAYLOAD") return;
  if (createHash("sha256").update(body).digest("hex") !== declared)
    throw new S3Refusal(400, "XAmzContentSHA256Mismatch");
}

function dateOf(text: string): Date {
  return new Date(text.replace(DATE, "$1-$2-$3T$4:$5:$6Z"));
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** Node's SHA-256 as the signer wants it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret instanceof ArrayBuffer ? new Uint8Array(secret) : secret;
    this.#hash =
      key === undefined ? createHash("sha256") : createHmac("sha256", key as string | NodeJS.ArrayBufferView);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error("the signer makes a new one each time");
  }
}
