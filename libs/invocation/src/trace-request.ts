import * as z from "zod";
import { clientUrl } from "./client-url.ts";
import { RequestHeaders } from "./request-headers.ts";

/** What a submission asks of its trace. */
export const TraceRequest = z
  .strictObject({
    endpoint: clientUrl("send credentials in headers")
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
