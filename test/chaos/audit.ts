import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { InvocationSummary, LoggedEvent } from "@pifleet/client";
import { PiFleetError } from "@pifleet/client";
import { isTerminal } from "@pifleet/invocation/terminal";
import { processesNaming, processesOfRuns, remainsOfRuns } from "../fleet/processes.ts";
import { type Flaw, flawsOf } from "../fleet/story.ts";
import { GRANDCHILD_SLEEP } from "./agent.ts";
import type { Arena } from "./arena.ts";

/** How long everything may take to come to its end when nothing goes wrong any more, milliseconds. */
const SETTLING_MS = 180_000;
/** A sweep comes every minute. */
const SWEEPING_MS = 75_000;
const LOOK_MS = 500;
const READ_AT_ONCE = 8;

/** One invocation with all that is told of it. */
export interface Story {
  readonly record: InvocationSummary;
  readonly events: readonly LoggedEvent[];
  readonly flaws: readonly Flaw[];
}

/** What is left when nothing may be. */
export interface Leftovers {
  readonly processes: readonly number[];
  readonly directories: readonly string[];
  /** Workers that did not end well when they were told to stop, with what they printed last. */
  readonly uncleanDrains: readonly string[];
}

/**
 * Waits until every invocation has ended, or for a bounded time; what somebody has paused is resumed. Returns the
 * records of all, also of those of which no client was told that they were accepted.
 */
export async function settle(arena: Arena): Promise<InvocationSummary[]> {
  const deadline = performance.now() + SETTLING_MS;
  for (;;) {
    const records = await arena.ask(async (client) => {
      const pages = await Array.fromAsync(client.invocations.pages({ limit: 100 }));
      return pages.flatMap(({ items }) => items);
    });
    const open = records.filter(({ status }) => !isTerminal(status));
    if (open.length === 0 || performance.now() > deadline) return records;
    for (const { id, status } of open) if (status === "paused") await resume(arena, id);
    await setTimeout(LOOK_MS);
  }
}

/** Compares every record with its event log. @param accepted the ids that must be there */
export async function audit(arena: Arena, records: InvocationSummary[], accepted: readonly string[]): Promise<Story[]> {
  const known = new Set<string>(records.map(({ id }) => id));
  const missing = accepted.filter((id) => !known.has(id));
  if (missing.length > 0) throw new Error(`Accepted, and not on the list of all: ${missing.join(", ")}`);
  const stories: Story[] = [];
  const queue = [...records];
  const read = async () => {
    for (let record = queue.pop(); record; record = queue.pop()) stories.push(await storyOf(arena, record));
  };
  await Promise.all(Array.from({ length: READ_AT_ONCE }, read));
  return stories;
}

async function storyOf(arena: Arena, record: InvocationSummary): Promise<Story> {
  const { id, status } = record;
  // The stream of one that has not ended would never end.
  const events = isTerminal(status)
    ? await arena.ask((client) => Array.fromAsync(client.invocations.stream(id)))
    : ([] as LoggedEvent[]);
  const lost: Flaw = { kind: "lost", detail: `it is still ${status}` };
  return { record, events, flaws: isTerminal(status) ? flawsOf(record, events) : [lost] };
}

async function resume(arena: Arena, id: string): Promise<void> {
  try {
    await arena.ask((client) => client.invocations.resume(id));
  } catch (error) {
    // It may have ended meanwhile.
    if (!(error instanceof PiFleetError)) throw error;
  }
}

/** Waits for the sweep, stops all workers, and looks for what is left. */
export async function drain(arena: Arena): Promise<Leftovers> {
  const deadline = performance.now() + SWEEPING_MS;
  while (isUnswept(arena) && performance.now() < deadline) await setTimeout(LOOK_MS);
  const uncleanDrains: string[] = [];
  await Promise.all(
    arena.livingWorkers.map(async (worker) => {
      const ended = await worker.stop();
      if (ended !== 0) uncleanDrains.push(`${worker.id} ended with ${ended}`);
    }),
  );
  return {
    processes: processes(arena),
    directories: runs(arena),
    uncleanDrains,
  };
}

function isUnswept(arena: Arena): boolean {
  return processes(arena).length > 0 || runs(arena).length > 0;
}

function processes({ workspaces }: Arena): number[] {
  return [...new Set([...workspaces.flatMap(processesOfRuns), ...processesNaming(GRANDCHILD_SLEEP)])];
}

/** Workspaces, temporary directories and records of runs. */
function runs({ workspaces }: Arena): string[] {
  return workspaces.flatMap((path) => remainsOfRuns(path).map((name) => join(path, name)));
}
