import * as z from "zod";

/**
 * A URL to which a client lets us send something. It is shown again, so it must hold no credentials.
 * @param instead where they belong, if there is a place for them
 */
export function clientUrl(instead?: string) {
  const refusal = "must hold no user and no password";
  return z
    .url({ protocol: /^https?$/, error: "must be a URL that begins with http:// or https://" })
    .max(2_048)
    .refine(hasNoCredentials, instead === undefined ? refusal : `${refusal}; ${instead}`);
}

function hasNoCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url === null || (url.username === "" && url.password === "");
}
