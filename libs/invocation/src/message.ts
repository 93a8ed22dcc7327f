import * as z from "zod";

export const TextPart = z.strictObject({ type: z.literal("text"), text: z.string() });

export const ImagePart = z.strictObject({
  type: z.literal("image"),
  mediaType: z.string().regex(/^image\/[\w.+-]+$/, "must be an image media type, such as image/png"),
  data: z.base64().describe("The image, base64"),
});

/** A message of the conversation that is submitted as `input`. */
export const InputMessage = z.strictObject({
  role: z.enum(["user", "assistant"]),
  content: z.union([z.string(), z.array(z.union([TextPart, ImagePart])).min(1)]),
});
export type InputMessage = z.infer<typeof InputMessage>;

const ToolCallPart = z.object({
  type: z.literal("tool_call"),
  id: z.string(),
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()),
});

/** A message of the conversation as it was when the invocation ended. */
export const Message = z.discriminatedUnion("role", [
  z.object({ role: z.literal("user"), content: z.array(z.union([TextPart, ImagePart])) }),
  z.object({ role: z.literal("assistant"), content: z.array(z.union([TextPart, ToolCallPart])) }),
  z.object({
    role: z.literal("tool"),
    toolCallId: z.string(),
    name: z.string(),
    isError: z.boolean(),
    content: z.array(z.union([TextPart, ImagePart])),
  }),
]);
export type Message = z.infer<typeof Message>;
