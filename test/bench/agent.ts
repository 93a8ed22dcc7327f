import { hang, type Reply, type StreamedReply, text, toolCall } from "@pifleet/testkit/model-server";
import { modelWith, promptFor as promptOf } from "../fleet/scripted-agent.ts";

/** The fake model streams a text in pieces of so many characters. */
const PIECE_CHARS = 12;
const LONG_TOOL_CALLS = 20;
const LONG_DELTAS = 3_000;
/** As fast as a model is that is fast, and slow enough that the pieces are not one. */
const LONG_PIECE_MS = 1;
/** Two pieces fall into the time for which the runner joins what comes: 1 KB makes 43 events. */
const STORED_PIECE_MS = 20;

/** What an agent does: its answers, one after the other; the last one ends the run. */
const TASKS = {
  /** One answer. */
  chat: [text("At once.")],
  /** 4 turns with 3 tool calls. */
  short: [
    toolCall("write", { path: "note.txt", content: "written by the agent" }, "I write a note."),
    toolCall("bash", { command: "cat note.txt" }, "I look at it."),
    toolCall("read", { path: "note.txt" }, "I read it."),
    text("The note is written, and it says what it should."),
  ],
  /** 20 tool calls and 3,000 deltas. */
  long: [
    ...Array.from({ length: LONG_TOOL_CALLS }, (_, i) =>
      at(LONG_PIECE_MS, toolCall("bash", { command: `echo step ${i}` }, words(LONG_DELTAS / 2 / LONG_TOOL_CALLS))),
    ),
    at(LONG_PIECE_MS, text(words(LONG_DELTAS / 2))),
  ],
  /** An answer of 1 KB that comes over two seconds. */
  stored: [at(STORED_PIECE_MS, text(words(86).slice(0, 1_024)))],
  /** A model that does not answer. */
  waiting: [hang()],
} as const satisfies Record<string, readonly Reply[]>;

export type Task = keyof typeof TASKS;

/** What is submitted so that the fake model gives this task to the agent. */
export const promptFor: (task: Task) => string = promptOf;

/** The answer that continues the conversation. */
export const answer = modelWith(TASKS);

function at(frameDelayMs: number, reply: StreamedReply): StreamedReply {
  return { ...reply, frameDelayMs };
}

/** A text that is streamed in so many pieces. */
function words(pieces: number): string {
  return "and so it is".padEnd(PIECE_CHARS).repeat(pieces);
}
