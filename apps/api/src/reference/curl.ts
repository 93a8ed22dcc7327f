import { type ApiDocument, type Endpoint, exampleOf } from "./document.ts";

/**
 * A command that sends an example of a request. The address of the API and the key come from the reader's environment,
 * so that a copied command holds no secret.
 */
export function curlExample({ method, path, operation }: Endpoint, document: ApiDocument): string {
  const parts = [method === "get" ? "curl" : `curl --request ${method.toUpperCase()}`];
  if (operation.responses[200]?.content?.["text/event-stream"]) parts.push("--no-buffer");
  if (operation.security?.length !== 0) parts.push('--header "Authorization: Bearer $PIFLEET_API_KEY"');
  const [body] = Object.entries(operation.requestBody?.content ?? {});
  if (body) {
    const [type, media] = body;
    parts.push(`--header "Content-Type: ${type}"`);
    parts.push(`--data ${quoted(JSON.stringify(exampleOf(media, document), undefined, 2))}`);
  }
  parts.push(`"$PIFLEET_URL${filledIn(path, operation)}"`);
  return parts.join(" \\\n  ");
}

function filledIn(path: string, { parameters = [] }: Endpoint["operation"]): string {
  return parameters
    .filter((parameter) => parameter.in === "path")
    .reduce((filled, { name, example }) => filled.replace(`{${name}}`, String(example)), path);
}

/** In single quotes a shell changes nothing. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
