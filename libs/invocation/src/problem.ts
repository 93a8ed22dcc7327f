import * as z from "zod";

/** An error answer of the HTTP API (RFC 9457, `application/problem+json`). It never holds a stack or a host's path. */
export const Problem = z
  .object({
    type: z.string().describe("A URI that names the kind of problem; about:blank#code"),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string().describe("Stable; clients switch over it"),
    errors: z
      .array(
        z.object({
          pointer: z
            .string()
            .describe(
              "JSON pointer (RFC 6901) into the body; what is wrong elsewhere is below /path, /query or /header",
            ),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;
