import type { AdmissionLimits, Backend, Invocation, Recovery } from "@pifleet/invocation";
import { afterEach } from "vitest";
import { sampleInvocation } from "../samples/invocation.ts";
import { sampleWorker } from "../samples/worker.ts";

/** Makes a backend that shares nothing with any other. */
export type MakeBackend = (options: { retentionMs: number; limits?: AdmissionLimits }) => Promise<Backend>;

const HOUR_MS = 3_600_000;

/** Call within a `describe`: gives each test backends of its own and closes them after it. */
export function useBackends(
  makeBackend: MakeBackend,
): (retentionMs?: number, limits?: AdmissionLimits) => Promise<Backend> {
  const open: Backend[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((backend) => backend.close()));
  });
  return async (retentionMs = HOUR_MS, limits) => {
    const backend = await makeBackend({ retentionMs, ...(limits && { limits }) });
    open.push(backend);
    return backend;
  };
}

/** What a test wants to be different about an invocation. */
export type Given = Partial<Invocation> & {
  readonly recovery?: Recovery;
  readonly priority?: number;
  readonly delayMs?: number;
};

/** A queued invocation of tenant `acme`. */
export function newInvocation({ recovery, priority, delayMs, ...given }: Given = {}): Invocation {
  const submitted = {
    metadata: { ticket: "ä-1" },
    ...(recovery && { recovery }),
    ...(priority && { priority }),
    ...(delayMs && { delayMs }),
  };
  return sampleInvocation(submitted, { tenant: "acme", ...given });
}

/** Records an invocation. */
export async function submit(backend: Backend, given?: Given): Promise<Invocation> {
  const invocation = newInvocation(given);
  await backend.store.create(invocation);
  return invocation;
}

/** Lets a worker be alive that runs so many attempts at once. */
export async function openSlots({ workers }: Backend, concurrency: number): Promise<void> {
  await workers.beat({ ...sampleWorker("worker-1"), concurrency }, HOUR_MS);
}

/** Records an invocation and starts its first attempt. */
export async function submitRunning(backend: Backend, given?: Given): Promise<Invocation> {
  const { id } = await submit(backend, given);
  const started = await backend.store.start(id, "worker-1");
  if (started.kind !== "started") throw new Error(`it did not start: ${started.kind}`);
  return started.invocation;
}

/** Records an invocation whose first attempt kept this journal and was lost; attempt 2 runs. */
export async function submitLost(backend: Backend, journal: readonly string[] = []): Promise<Invocation> {
  const { id } = await submitRunning(backend);
  await backend.events.append(id, 1, [], journal);
  const started = await backend.store.start(id, "worker-2");
  if (started.kind !== "started") throw new Error(`it did not start again: ${started.kind}`);
  return started.invocation;
}

/** Records an invocation, starts its first attempt and pauses it. */
export async function submitPaused(backend: Backend, given?: Given): Promise<Invocation> {
  const { id } = await submitRunning(backend, given);
  const paused = await backend.store.pause("acme", id);
  if (paused.kind !== "done") throw new Error(`it was not paused: ${paused.kind}`);
  return paused.invocation;
}

/** The types of all the events of an invocation, oldest first. */
export async function eventTypes(backend: Backend, { id }: Pick<Invocation, "id">): Promise<string[]> {
  const { events } = await backend.events.read(id, { limit: 1_000 });
  return events.map(({ type }) => type);
}
