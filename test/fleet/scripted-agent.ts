import { type ModelRequest, type Reply, text } from "@pifleet/testkit/model-server";

/** What an agent is made to do: the answers of the fake model to one task, turn by turn; then it says that it is done. */
type Tasks = Readonly<Record<string, readonly Reply[]>>;

/** What is submitted so that the fake model gives this task to the agent. */
export function promptFor(task: string): string {
  return `task:${task}`;
}

/** The fake model that has these tasks: it continues whatever conversation it is asked to. */
export function modelWith(tasks: Tasks & { readonly chat: readonly Reply[] }): (request: ModelRequest) => Reply {
  return ({ body }) => {
    const conversation = JSON.stringify(body);
    const [, task = "chat"] = /task:(\w+)/.exec(conversation) ?? [];
    const turn = conversation.match(/"role":"tool"/g)?.length ?? 0;
    return tasks[task]?.[turn] ?? text("Done.");
  };
}
