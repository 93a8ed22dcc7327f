import type { AgentMessage } from "@earendil-works/pi-agent-core";
import type {
  Api,
  AssistantMessage,
  ImageContent,
  Model,
  Message as PiMessage,
  TextContent,
} from "@earendil-works/pi-ai";
import type { SessionManager } from "@earendil-works/pi-coding-agent";
import type { InputMessage, Message } from "@pifleet/invocation";

/** The text and the images with which the agent is prompted. */
export interface Prompt {
  readonly text: string;
  readonly images: ImageContent[];
}

type Part = TextContent | ImageContent;
/** The usage of an answer that cost nothing, in the words of Pi. */
export const NO_PI_USAGE = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: 0,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
};

/** The last message of the conversation, the user's, as a prompt. */
export function promptOf(conversation: readonly InputMessage[]): Prompt {
  const parts = partsOf(conversation.at(-1)?.content ?? "");
  const texts = parts.filter((part) => part.type === "text");
  return { text: joined(texts), images: parts.filter((part) => part.type === "image") };
}

/** Puts all messages but the last into the session, as if the agent had had this conversation. */
export function seed(session: SessionManager, conversation: readonly InputMessage[], model: Model<Api>): void {
  for (const { role, content } of conversation.slice(0, -1)) {
    const timestamp = Date.now();
    if (role === "user") session.appendMessage({ role, content: partsOf(content), timestamp });
    else session.appendMessage(assistantMessage(partsOf(content), model, timestamp));
  }
}

function assistantMessage(parts: Part[], model: Model<Api>, timestamp: number): AssistantMessage {
  const content = parts.filter((part) => part.type === "text");
  const { api, provider, id } = model;
  return { role: "assistant", content, api, provider, model: id, usage: NO_PI_USAGE, stopReason: "stop", timestamp };
}

function partsOf(content: InputMessage["content"]): Part[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((part) =>
    part.type === "text" ? part : { type: "image", mimeType: part.mediaType, data: part.data },
  );
}

/** The conversation as it is in the session now; answers that failed and were asked for again are left out. */
export function messagesOf(session: SessionManager): Message[] {
  const all = session.getBranch().flatMap((entry) => (entry.type === "message" ? [entry.message] : []));
  return all.flatMap((message, i) => toMessage(message, i === all.length - 1) ?? []);
}

function toMessage(message: AgentMessage | PiMessage, last: boolean): Message | undefined {
  switch (message.role) {
    case "user":
      return { role: "user", content: partsTo(message.content) };
    case "assistant": {
      const content = message.content.flatMap(assistantPart);
      const discarded = message.stopReason === "error" && !last;
      return discarded || content.length === 0 ? undefined : { role: "assistant", content };
    }
    case "toolResult": {
      const { toolCallId, toolName: name, isError } = message;
      return { role: "tool", toolCallId, name, isError, content: partsTo(message.content) };
    }
    default:
      return undefined;
  }
}

type AssistantPart = Extract<Message, { role: "assistant" }>["content"][number];

function assistantPart(part: AssistantMessage["content"][number]): AssistantPart[] {
  if (part.type === "text") return [{ type: "text", text: part.text }];
  if (part.type === "toolCall") return [{ type: "tool_call", id: part.id, name: part.name, arguments: part.arguments }];
  return [];
}

type ContentPart = Extract<Message, { role: "user" }>["content"][number];

function partsTo(content: string | readonly Part[]): ContentPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((part) =>
    part.type === "text"
      ? { type: "text", text: part.text }
      : { type: "image", mediaType: part.mimeType, data: part.data },
  );
}

/** The text of an assistant's message. */
export function answerText(message: AssistantMessage): string {
  return joined(message.content.filter((part) => part.type === "text"));
}

function joined(parts: readonly TextContent[]): string {
  return parts.map(({ text }) => text).join("");
}
