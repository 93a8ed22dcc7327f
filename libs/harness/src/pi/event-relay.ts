import type { AgentSessionEvent } from "@earendil-works/pi-coding-agent";
import type { HarnessRecord } from "@pifleet/invocation";
import { now } from "../clock.ts";
import { answerText } from "./conversation.ts";
import type { Answers } from "./result.ts";
import type { ToolExits } from "./tool-exits.ts";
import { toolResultText } from "./tool-result.ts";
import type { UsageMeter } from "./usage.ts";

type Of<T extends AgentSessionEvent["type"]> = Extract<AgentSessionEvent, { type: T }>;

/** Turns the events of Pi's session into records. */
export class EventRelay {
  readonly #emit: (record: HarnessRecord) => void;
  readonly #usage: UsageMeter;
  readonly #answers: Answers;
  readonly #exits: ToolExits;
  #turn = 0;
  #turnOpen = false;

  constructor(emit: (record: HarnessRecord) => void, usage: UsageMeter, answers: Answers, exits: ToolExits) {
    this.#emit = emit;
    this.#usage = usage;
    this.#answers = answers;
    this.#exits = exits;
  }

  readonly onEvent = (event: AgentSessionEvent): void => {
    switch (event.type) {
      case "turn_start":
        this.#startTurn();
        break;
      case "turn_end":
        this.#endTurn(event);
        break;
      case "message_update":
        this.#update(event);
        break;
      case "message_end":
        this.#complete(event);
        break;
      case "tool_execution_start":
        this.#startTool(event);
        break;
      case "tool_execution_end":
        this.#endTool(event);
        break;
      case "compaction_start":
        this.#emit({ type: "compaction", at: now(), reason: event.reason });
        break;
      case "compaction_end":
        this.#compacted(event);
        break;
      case "agent_settled":
        this.#closeTurn();
        break;
    }
  };

  #startTurn(): void {
    // A turn whose request failed stays open: what follows is the same turn, tried again.
    if (this.#turnOpen) return;
    this.#turn += 1;
    this.#turnOpen = true;
    this.#usage.addTurn();
    this.#emit({ type: "turn.started", at: now(), turn: this.#turn });
  }

  #endTurn({ message }: Of<"turn_end">): void {
    if (message.role === "assistant" && message.stopReason === "error") return;
    this.#closeTurn();
  }

  #closeTurn(): void {
    if (!this.#turnOpen) return;
    this.#turnOpen = false;
    this.#emit({ type: "turn.ended", at: now(), turn: this.#turn });
  }

  #update({ assistantMessageEvent: update }: Of<"message_update">): void {
    if (update.type === "text_delta") this.#delta("text", update.delta);
    else if (update.type === "thinking_delta") this.#delta("thinking", update.delta);
  }

  #delta(channel: "text" | "thinking", text: string): void {
    if (text !== "") this.#emit({ type: "message.delta", at: now(), channel, text });
  }

  #complete({ message }: Of<"message_end">): void {
    if (message.role !== "assistant") return;
    this.#answers.add(message);
    if (message.stopReason === "error" || message.stopReason === "aborted") return;
    const usage = this.#usage.takeUntold();
    this.#emit({ type: "message.completed", at: now(), text: answerText(message), usage });
  }

  #startTool({ toolCallId: callId, toolName: name, args }: Of<"tool_execution_start">): void {
    this.#usage.addToolCall();
    this.#emit({ type: "tool.started", at: now(), callId, name, arguments: args });
  }

  #endTool({ toolCallId: callId, toolName: name, result, isError }: Of<"tool_execution_end">): void {
    const exitCode = this.#exits.take(callId);
    const exit = exitCode === undefined ? {} : { exitCode };
    this.#emit({ type: "tool.ended", at: now(), callId, name, isError, text: toolResultText(result), ...exit });
  }

  #compacted({ errorMessage }: Of<"compaction_end">): void {
    if (errorMessage !== undefined) this.#emit({ type: "log", at: now(), level: "warn", message: errorMessage });
  }
}
