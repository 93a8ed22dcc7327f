import {
  type Backend,
  type Invocation,
  type InvocationId,
  NO_USAGE,
  type Outcome,
  type Settlement,
  type Span,
  Submission,
} from "@pifleet/invocation";
import { encodeEntry, SpanRecorder } from "@pifleet/tracing";
import { type Arrival, queuedInvocation } from "../submit.ts";
import { SUBMISSION } from "./api.ts";

const WORKER = "w_test";
const NOBODY = { key: "bootstrap", name: null };
const ARRIVAL: Arrival = {
  request: { route: "/v1/invocations", scheme: "http" },
  startMs: 1_700_000_000_000,
  elapsedMs: () => 1,
};

/** Records a queued invocation of a tenant, past the API; `changes` are what the test wants to be different. */
export async function recordOf(
  { store }: Backend,
  tenant: string,
  changes: Partial<Invocation> = {},
): Promise<Invocation> {
  const submission = { ...Submission.parse(SUBMISSION), model: SUBMISSION.model };
  const { invocation: queued, spans } = queuedInvocation({
    tenant,
    submittedBy: NOBODY,
    submission,
    carrier: {},
    arrival: ARRIVAL,
  });
  const invocation = { ...queued, ...changes };
  await store.create(invocation, { spans });
  return invocation;
}

/** Starts the next attempt of an invocation as a worker does; resolves to its number. */
export async function startAttempt({ store }: Backend, id: InvocationId): Promise<number> {
  const started = await store.start(id, WORKER);
  if (started.kind !== "started") throw new Error(`could not start: ${started.kind}`);
  return started.invocation.attempt;
}

/** Begins the spans of a running attempt as its worker does, with a journal; the first turn has begun. */
export async function recordSpans({ store, events }: Backend, id: InvocationId): Promise<SpanRecorder> {
  const invocation = await store.read(id);
  if (!invocation) throw new Error("there is no such invocation");
  const journal: string[] = [];
  const recorder = new SpanRecorder(invocation, WORKER, Date.now(), {
    queue: "invocations",
    onEntry: (entry) => void journal.push(encodeEntry(entry)),
  });
  recorder.observe({ type: "turn.started", at: Date.now(), turn: 1 });
  await events.append(id, invocation.attempt, [], journal);
  return recorder;
}

const SUCCESS: Outcome = { status: "succeeded", output: "done", error: null, messages: [], usage: NO_USAGE };

/** Ends an attempt, and with it the invocation, with the spans that were recorded of it. */
export async function succeedTraced(
  { store }: Backend,
  id: InvocationId,
  attempt: number,
  recorder: SpanRecorder,
): Promise<Span[]> {
  const spans = recorder.end(SUCCESS, Date.now());
  const settlement: Settlement = { kind: "final", outcome: SUCCESS };
  if ((await store.settle(id, attempt, settlement, spans)) !== "accepted") throw new Error("it was refused");
  return spans;
}

/** Ends an attempt, and with it the invocation, with this output. */
export async function succeed({ store }: Backend, id: InvocationId, attempt: number, output = "done"): Promise<void> {
  const settlement: Settlement = { kind: "final", outcome: { ...SUCCESS, output } };
  if ((await store.settle(id, attempt, settlement)) !== "accepted") throw new Error("the settlement was refused");
}

/** Runs an invocation from start to end. */
export async function runToEnd(backend: Backend, id: InvocationId, output?: string): Promise<void> {
  await succeed(backend, id, await startAttempt(backend, id), output);
}
