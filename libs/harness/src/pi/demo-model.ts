import {
  type AssistantMessage,
  type FauxContentBlock,
  fauxAssistantMessage,
  fauxProvider,
  fauxText,
  fauxToolCall,
  type Message,
  type Provider,
  type ToolResultMessage,
  type TranscriptContext,
} from "@earendil-works/pi-ai";
import { getCurrentTools } from "@earendil-works/pi-ai/utils/transcript";
import { DEMO_PROVIDER } from "../model-access.ts";

/** Fast enough not to bore, slow enough to be seen streaming. */
const TOKENS_PER_SECOND = 250;
const FILE = "greeting.md";

/** What the script does with the tools that it is given, in this order. */
const STEPS: readonly { tool: string; say: string; arguments: (request: string) => Record<string, string> }[] = [
  {
    tool: "write",
    say: `I will put your request into a file, \`${FILE}\`.`,
    arguments: (request) => ({
      path: FILE,
      content: `# A greeting from Pi Fleet\n\nYou asked:\n\n${quoted(request)}\n`,
    }),
  },
  {
    tool: "bash",
    say: "Now I count its lines and words with the shell.",
    arguments: () => ({ command: `wc -lw < ${FILE} 2>/dev/null || echo "there is no ${FILE}"` }),
  },
  { tool: "read", say: "And I read it back.", arguments: () => ({ path: FILE }) },
];

/**
 * The provider of `demo/scripted`: a script instead of a model, which works with the real tools. It greets, writes a
 * file, counts it with bash, reads it back, and answers with what it was asked and what the tools said. It leaves out
 * the tools that the request does not allow.
 */
export function demoModel(): Provider {
  const faux = fauxProvider({
    provider: DEMO_PROVIDER,
    models: [{ id: "scripted", name: "Scripted demo", contextWindow: 200_000, maxTokens: 8_192 }],
    tokensPerSecond: TOKENS_PER_SECOND,
    tokenSize: { min: 1, max: 3 },
  });
  const answer = (context: TranscriptContext): AssistantMessage => {
    faux.appendResponses([answer]);
    return nextMessage(context);
  };
  faux.setResponses([answer]);
  const { provider } = faux;
  return {
    ...provider,
    // With a cache, Pi's scripted provider counts the first prompt twice.
    streamSimple: (model, context, options) =>
      provider.streamSimple(model, context, { ...options, cacheRetention: "none" }),
  };
}

/** What the script says next; a function of the conversation alone, so that it can be continued. */
function nextMessage({ messages }: TranscriptContext): AssistantMessage {
  const start = messages.findLastIndex(({ role }) => role === "user");
  const request = textOf(messages[start]);
  const results = messages.slice(start + 1).filter((message) => message.role === "toolResult");
  const allowed = new Set(getCurrentTools(messages).map(({ name }) => name));
  const step = STEPS.filter(({ tool }) => allowed.has(tool))[results.length];
  if (!step) return fauxAssistantMessage(conclusion(request, results));
  const content: FauxContentBlock[] = [
    fauxText(results.length === 0 ? `Hello! ${step.say}` : step.say),
    fauxToolCall(step.tool, step.arguments(request)),
  ];
  return fauxAssistantMessage(content, { stopReason: "toolUse" });
}

function conclusion(request: string, results: readonly ToolResultMessage[]): string {
  const report = results.map((result) => `- \`${result.toolName}\`: ${summary(result)}`);
  const body = report.length > 0 ? ["", "What the tools said:", ...report] : ["", "I was given no tools to work with."];
  return ["Hello from Pi Fleet! You asked:", "", quoted(request), ...body].join("\n");
}

function summary(result: ToolResultMessage): string {
  const text = textOf(result).trim();
  if (result.isError) return `failed: ${text.split("\n", 1)[0]}`;
  if (result.toolName === "bash") return text.replace(/^\s*(\d+)\s+(\d+)$/, "$1 lines, $2 words");
  if (result.toolName === "read") return `${text.length} characters, beginning with "${text.split("\n", 1)[0]}"`;
  return text.split("\n", 1)[0] ?? "";
}

function quoted(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}

function textOf(message: Message | undefined): string {
  if (!message) return "";
  if (typeof message.content === "string") return message.content;
  return message.content.map((part) => (part.type === "text" ? part.text : "")).join("");
}
