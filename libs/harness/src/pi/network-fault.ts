/** Why no answer, or no whole one, came from an address. */
export interface NetworkFault {
  /** The code of Node.js or OpenSSL, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`; its words where it has none. */
  readonly cause: string;
  readonly kind: "unreachable" | "broken_off" | "certificate";
}

/**
 * The errors of OpenSSL and Node.js by which the certificate of a server is not accepted
 * (https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes).
 */
const CERTIFICATE =
  /^(?:CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_|ERR_TLS_CERT_)/;
const MAX_CHARS = 200;

/** Reads an error of `node:http`. @param answered whether the head of an answer had come */
export function networkFault(error: unknown, answered: boolean): NetworkFault {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const cause = typeof code === "string" && code !== "" ? code : String(message ?? error).slice(0, MAX_CHARS);
  if (CERTIFICATE.test(cause)) return { cause, kind: "certificate" };
  return { cause, kind: answered ? "broken_off" : "unreachable" };
}

/** Says it in words. @param address where the model is, such as `http://10.0.0.5/v1` */
export function faultMessage({ cause, kind }: NetworkFault, address: string): string {
  switch (kind) {
    case "unreachable":
      return `${address} cannot be reached (${cause})`;
    case "broken_off":
      return `${address} broke off its answer (${cause})`;
    case "certificate":
      return `The certificate of ${address} is not accepted (${cause})`;
  }
}

/** A base URL without credentials and query, for people to read. */
export function addressOf(baseUrl: string): string {
  const url = URL.parse(baseUrl);
  return url ? `${url.origin}${url.pathname === "/" ? "" : url.pathname}` : "The provider";
}
