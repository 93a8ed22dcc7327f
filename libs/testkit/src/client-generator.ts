import openapiTypescript, { astToString } from "openapi-typescript";

/**
 * Generates the types of a client from a description of the API, as somebody does who does not use ours: with
 * openapi-typescript, for openapi-fetch. It works offline.
 * @param description an OpenAPI document, as JSON
 * @returns a TypeScript module
 */
export async function generateClient(description: string): Promise<string> {
  // What has a default may be left out of what is sent.
  const options = { defaultNonNullable: false, silent: true };
  return astToString(await openapiTypescript(description, options));
}
