import { REDACTED, Redactor } from "@pifleet/invocation";

/** A header value shorter than this would blank ordinary words. */
const MIN_LENGTH = 4;
const shapes = new Redactor();

/** Takes the credentials of a destination out of what its collector said: those in headers, in user info, in the query. */
export function concealCredentials(text: string, url: URL, headers: Readonly<Record<string, string>>): string {
  const userInfo = [url.username, url.password].flatMap((part) => [part, decoded(part)]);
  const basic = Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString("base64");
  // The scheme of a credential is none: without the word `Bearer`, the shape of another one would not be seen any more.
  const inHeaders = Object.values(headers).flatMap((value) => [value, ...value.split(/\s+/).slice(1)]);
  const inQuery = [...url.searchParams.values(), url.search.slice(1)];
  const secrets = [...inHeaders, ...userInfo, basic, ...inQuery].filter((secret) => secret.length >= MIN_LENGTH);
  let clean = text;
  for (const secret of secrets.sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, REDACTED);
  return shapes.text(clean);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
