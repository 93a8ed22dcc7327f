import { type ModelRequest, type Reply, text, toolCall } from "@pifleet/testkit/model-server";

/** The input that makes the fake model run this shell command, and then say that it is done. */
export function runs(command: string): string {
  return `run:${Buffer.from(command).toString("base64")};`;
}

/** The input that makes the fake model answer with this beginning so many times, and nothing else. */
export function says(beginning: string, times: number): string {
  return `say:${Buffer.from(beginning).toString("base64")}:${times};`;
}

/** The fake model of the suite: its first answer does what the input asks for, its second one ends the run. */
export function answer({ body }: ModelRequest): Reply {
  const conversation = JSON.stringify(body);
  const { command } = /run:(?<command>[\w+/=]+);/.exec(conversation)?.groups ?? {};
  if (command !== undefined) {
    if (conversation.includes('"role":"tool"')) return text("Done.");
    return toolCall("bash", { command: decoded(command) });
  }
  const { beginning, times } = /say:(?<beginning>[\w+/=]+):(?<times>\d+);/.exec(conversation)?.groups ?? {};
  return beginning === undefined ? text("At once.") : text(decoded(beginning).repeat(Number(times)));
}

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString();
}
