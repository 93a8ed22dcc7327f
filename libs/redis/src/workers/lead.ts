import { numeral, text } from "../scripting/parameters.ts";
import { yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const LEAD = defineScript({
  name: "lead",
  keys: {
    task: "id of the worker that does the task",
  },
  args: {
    worker: text("worker"),
    ttl: numeral("milliseconds until another one may"),
  },
  reply: yesOrNo("the worker does the task"),
});

/** Whether `worker` does the task until `ttlMs` from now. */
export async function lead(scripts: Scripts, task: string, worker: string, ttlMs: number): Promise<boolean> {
  return scripts.call(LEAD, { task: scripts.keys.leader(task) }, { worker, ttl: ttlMs });
}
