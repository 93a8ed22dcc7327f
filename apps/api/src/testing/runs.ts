import {
  type Backend,
  type Invocation,
  type InvocationId,
  NO_USAGE,
  type Outcome,
  type Settlement,
  Submission,
} from "@pifleet/invocation";
import { queuedInvocation } from "../submit.ts";
import { SUBMISSION } from "./api.ts";

const WORKER = "w_test";

/** Records a queued invocation of a tenant, past the API; `changes` are what the test wants to be different. */
export async function recordOf(
  { store }: Backend,
  tenant: string,
  changes: Partial<Invocation> = {},
): Promise<Invocation> {
  const submission = { ...Submission.parse(SUBMISSION), model: SUBMISSION.model };
  const invocation = { ...queuedInvocation({ tenant, submission, carrier: {} }), ...changes };
  await store.create(invocation);
  return invocation;
}

/** Starts the next attempt of an invocation as a worker does; resolves to its number. */
export async function startAttempt({ store }: Backend, id: InvocationId): Promise<number> {
  const started = await store.start(id, WORKER);
  if (started.kind !== "started") throw new Error(`could not start: ${started.kind}`);
  return started.invocation.attempt;
}

/** Ends an attempt, and with it the invocation, with this output. */
export async function succeed({ store }: Backend, id: InvocationId, attempt: number, output = "done"): Promise<void> {
  const outcome: Outcome = { status: "succeeded", output, error: null, messages: [], usage: NO_USAGE };
  const settlement: Settlement = { kind: "final", outcome };
  if ((await store.settle(id, attempt, settlement)) !== "accepted") throw new Error("the settlement was refused");
}

/** Runs an invocation from start to end. */
export async function runToEnd(backend: Backend, id: InvocationId, output?: string): Promise<void> {
  await succeed(backend, id, await startAttempt(backend, id), output);
}
