import type { ReplyPart } from "../replies.ts";
import { CLAIMED_USAGE, type Dialect, frame, pieces } from "./dialect.ts";

/** Google's generateContent. */
export const google: Dialect = {
  speaks: (path) => path.includes(":streamGenerateContent"),
  frames(parts, model) {
    const base = { responseId: "fake", modelVersion: model };
    const chunk = (content: object[], rest: object = {}) =>
      frame({ ...base, candidates: [{ index: 0, content: { role: "model", parts: content }, ...rest }] });
    const { input, output, cacheRead } = CLAIMED_USAGE;
    const usageMetadata = {
      promptTokenCount: input + cacheRead,
      candidatesTokenCount: output,
      cachedContentTokenCount: cacheRead,
      totalTokenCount: input + cacheRead + output,
    };
    return [
      ...parts.flatMap(contents).map((content) => chunk([content])),
      frame({ ...base, candidates: [{ index: 0, finishReason: "STOP" }], usageMetadata }),
    ];
  },
};

function contents(part: ReplyPart): object[] {
  if (part.type === "text") return pieces(part.text).map((text) => ({ text }));
  return [{ functionCall: { id: part.id, name: part.name, args: part.arguments } }];
}
