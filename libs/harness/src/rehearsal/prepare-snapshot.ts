import { setTimeout } from "node:timers/promises";
import { queryObjects, setFlagsFromString, startupSnapshot } from "node:v8";
import { rehearseInMemory } from "./rehearse.ts";
import { type RehearsedApi, SCRIPTED_ANSWERS } from "./scripted-answers.ts";

/** How often garbage is collected before a heap is taken for clean, and how long finalisers have after each time. */
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
  await rehearseAll();
  await forgetCompiledCode();
  await rehearseAll();
  delete process.env.PI_OFFLINE;
  // V8 refuses to write a heap in which finalisers are still to be called: abort signals have some.
  await collectGarbage();
}

async function rehearseAll(): Promise<void> {
  for (const api of Object.keys(SCRIPTED_ANSWERS)) await rehearseInMemory(api as RehearsedApi);
}

/** So that the snapshot holds what the next rehearsal compiles again, and not what only had to be run once. */
async function forgetCompiledCode(): Promise<void> {
  setFlagsFromString("--stress-flush-code");
  await collectGarbage();
  setFlagsFromString("--no-stress-flush-code");
}

async function collectGarbage(): Promise<void> {
  for (let i = 0; i < COLLECTIONS; i += 1) {
    // To count objects, it collects garbage first.
    queryObjects(Counted, { format: "count" });
    await setTimeout(FINALISERS_MS);
  }
}
