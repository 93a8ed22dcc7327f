import * as z from "zod";
import { RequestHeaders } from "./request-headers.ts";

/** What a submission asks of its trace. */
export const TraceRequest = z
  .strictObject({
    endpoint: z
      .url({ protocol: /^https?$/, error: "must be a URL that begins with http:// or https://" })
      .max(2_048)
      .refine(hasNoCredentials, "must hold no user and no password; send credentials in headers")
      .optional()
      .describe("The whole URL of the invocation's own OTLP/HTTP traces receiver, beside the deployment's"),
    headers: RequestHeaders.optional().describe("Sent with every request to the endpoint; never shown again"),
    content: z
      .boolean()
      .optional()
      .describe(
        "Whether the spans hold prompts, messages, tool arguments and results; default: as the deployment has it",
      ),
  })
  .refine(({ endpoint, headers }) => endpoint !== undefined || headers === undefined, {
    path: ["headers"],
    error: "are for an endpoint: name it, too",
  });
export type TraceRequest = z.infer<typeof TraceRequest>;

function hasNoCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url === null || (url.username === "" && url.password === "");
}
