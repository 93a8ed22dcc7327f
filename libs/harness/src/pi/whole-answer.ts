import type { StreamFn } from "@earendil-works/pi-agent-core";
import type { AssistantMessage } from "@earendil-works/pi-ai";

type DoneEvent = Extract<Parameters<Awaited<ReturnType<StreamFn>>["push"]>[0], { type: "done" }>;

/** Finish reasons by which a provider says that the answer is not whole, or not what the model would have said. */
const BAD_END =
  /error|fail|filter|safety|refus|sensitive|block|prohibit|policy|spii|recitation|malformed|abort|cancel|timeout|overload|incomplete|unexpected|too.?many|image|language|unspecified|^other$/i;
const OUTPUT_LIMIT = /length|max|limit|truncat/i;

/**
 * The end of an answer that Pi takes for an error for no reason but a finish reason that it does not know: servers have
 * words of their own, such as `eos`. The answer came whole, so it counts. `undefined` for what is an error.
 */
export function wholeAnswer(message: AssistantMessage): DoneEvent | undefined {
  const { rawStopReason: reason, errorMessage = "", stopReason } = message;
  if (stopReason !== "error" || reason === undefined || BAD_END.test(reason)) return undefined;
  // All of Pi's clients end their complaint about a finish reason with its name.
  if (!errorMessage.endsWith(`: ${reason}`)) return undefined;
  const calls = message.content.some(({ type }) => type === "toolCall");
  const says = message.content.some((block) => block.type === "text" && block.text.trim() !== "");
  if (!calls && !says) return undefined;
  delete message.errorMessage;
  message.stopReason = OUTPUT_LIMIT.test(reason) ? "length" : calls ? "toolUse" : "stop";
  return { type: "done", reason: message.stopReason, message };
}
