import type { AssistantMessage } from "@earendil-works/pi-ai";
import type { SessionManager } from "@earendil-works/pi-coding-agent";
import { type HarnessFailure, type HarnessResult, StopReason, type Usage } from "@pifleet/invocation";
import { answerText, messagesOf } from "./conversation.ts";
import type { ModelRequests } from "./model-requests.ts";
import { providerFailure } from "./provider-failure.ts";

/** What the assistant said in a run. */
export class Answers {
  /** The newest message, also one that failed. */
  last: AssistantMessage | undefined;
  /** The newest text that is not empty. */
  text = "";

  add(message: AssistantMessage): void {
    this.last = message;
    const text = answerText(message);
    if (text.trim() !== "") this.text = text;
  }
}

/** What a settled run came to. */
export function resultOf(
  session: SessionManager,
  answers: Answers,
  requests: ModelRequests,
  usage: Usage,
): HarnessResult {
  return {
    output: answers.text,
    messages: messagesOf(session),
    usage,
    failure: failureOf(answers.last, requests),
    stopReason: answers.last ? stopReasonOf(answers.last.stopReason) : null,
  };
}

/** Pi's words for the end of an answer in ours. */
function stopReasonOf(reason: AssistantMessage["stopReason"]): StopReason | null {
  if (reason === "toolUse") return "tool_calls";
  return StopReason.safeParse(reason).data ?? null;
}

/** Pi settles also when the provider failed or nothing was said: only the last message tells. */
function failureOf(answer: AssistantMessage | undefined, { last, isUnpaid }: ModelRequests): HarnessFailure | null {
  if (answer?.stopReason === "error") {
    const known = last?.message === answer ? last.failure : null;
    return { ...(known ?? providerFailure(answer, undefined, "")), isUnpaid };
  }
  if (answer?.stopReason === "length") {
    const tokens = `${answer.usage.output} output tokens`;
    return { code: "output_truncated", message: `The model's answer was cut off at its output limit (${tokens})` };
  }
  if (answer && answerText(answer).trim() !== "") return null;
  return { code: "no_output", message: "The model ended without an answer" };
}
