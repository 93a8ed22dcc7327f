import { setTimeout } from "node:timers/promises";
import { queryObjects, startupSnapshot } from "node:v8";
import { rehearseInMemory } from "./rehearse.ts";
import { type RehearsedApi, SCRIPTED_ANSWERS } from "./scripted-answers.ts";

/** How often garbage is collected, and how long its finalisers have after it, milliseconds. */
const COLLECTIONS = 4;
const FINALISERS_MS = 20;

/** There are none. */
class Counted {}

/**
 * Brings the process into the state that the snapshot is to hold: every API rehearsed, and nothing under way.
 * @param run what a process does that begins with the snapshot
 */
export async function prepareSnapshot(run: () => Promise<void>): Promise<void> {
  startupSnapshot.setDeserializeMainFunction(() => void run());
  process.env.PI_OFFLINE = "1";
  for (const api of Object.keys(SCRIPTED_ANSWERS)) await rehearseInMemory(api as RehearsedApi);
  delete process.env.PI_OFFLINE;
  // V8 refuses to write a heap in which finalisers are still to be called: abort signals have some.
  for (let i = 0; i < COLLECTIONS; i += 1) {
    // To count objects, it collects garbage first.
    queryObjects(Counted, { format: "count" });
    await setTimeout(FINALISERS_MS);
  }
}
