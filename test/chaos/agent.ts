import { randomUUID } from "node:crypto";
import { hang, type Reply, slow, text, toolCall } from "@pifleet/testkit/model-server";
import { modelWith, promptFor as promptOf } from "../fleet/scripted-agent.ts";

/** Seconds that the grandchildren of this process sleep; no other process has the number in its arguments. */
export const GRANDCHILD_SLEEP = `86400.${randomUUID().replace(/\D/g, "")}`;

const LONG_ANSWER = "There was a run that everything happened to, and in the end it was done. ".repeat(6);
const WORK = "for i in 1 2 3 4 5 6 7 8; do echo step $i; sleep 0.25; done";
const FAMILY = `(trap '' TERM; exec setsid sleep ${GRANDCHILD_SLEEP}) >/dev/null 2>&1 &
sleep ${GRANDCHILD_SLEEP} >/dev/null 2>&1 & echo begun; sleep 1`;

/** What an agent does: its answers, one after the other; the last one ends the run. */
const TASKS = {
  chat: [text("At once.")],
  tools: [
    toolCall("write", { path: "note.txt", content: "written by the agent" }),
    toolCall("bash", { command: "cat note.txt" }),
    toolCall("read", { path: "note.txt" }),
    text("Done."),
  ],
  work: [toolCall("bash", { command: WORK }), toolCall("bash", { command: WORK }), text("Done.")],
  family: [toolCall("bash", { command: FAMILY }), toolCall("bash", { command: WORK }), text("Done.")],
  stream: [slow(70, LONG_ANSWER)],
  hungry: [
    toolCall("bash", { command: "yes '' | head -c 40000000 > lines" }),
    toolCall("edit", { path: "lines", edits: [{ oldText: "here", newText: "there" }] }),
    text("There was memory enough."),
  ],
  waiting: [hang()],
} as const satisfies Record<string, readonly Reply[]>;

export type Task = keyof typeof TASKS;
/** What the load is made of. */
export const ORDINARY_TASKS: readonly Task[] = ["chat", "tools", "work", "family", "stream"];

/** What is submitted so that the fake model gives this task to the agent. */
export const promptFor: (task: Task) => string = promptOf;

/** The answer that continues the conversation. */
export const answer = modelWith(TASKS);
