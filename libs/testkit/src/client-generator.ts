import openapiTypescript, { astToString } from "openapi-typescript";
import { generateApi } from "swagger-typescript-api";

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

/** The same with swagger-typescript-api, which makes classes with a method for each operation. */
export async function generateClasses(description: string): Promise<string> {
  const { files } = await generateApi({
    spec: JSON.parse(description),
    output: false,
    silent: true,
    generateUnionEnums: true,
  });
  return files.map(({ fileContent }) => fileContent).join("\n");
}
