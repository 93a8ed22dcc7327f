import * as z from "zod";

/** Why the newest answer of the model ended. */
export const StopReason = z
  .enum(["stop", "length", "tool_calls", "error", "aborted"])
  .describe(
    "Why the model's newest answer ended: `stop`, it was done; `length`, it was cut off at the output limit; `tool_calls`, " +
      "it called tools; `error`, the request failed; `aborted`, it was given up",
  );
export type StopReason = z.infer<typeof StopReason>;
