// Ties an invocation to an AbortSignal: whoever aborts the signal cancels the run. To abort a call of the client only
// stops the waiting; the run goes on until it is cancelled.
//   node cancel-on-abort.ts 5000
import { type Client, createClient, type InvocationRecord, type SubmissionInput } from "@pifleet/client";

const { PIFLEET_URL = "http://127.0.0.1:8787", PIFLEET_API_KEY } = process.env;
const client = createClient({ url: PIFLEET_URL, apiKey: PIFLEET_API_KEY });

const [, , patienceMs = "5000"] = process.argv;
const record = await runWhile(client, AbortSignal.timeout(Number(patienceMs)), {
  model: "demo/scripted",
  input: "Say hello",
  delayMs: 60_000,
});
console.log(record.status);

/** The record when the run has ended, by itself or because the signal was aborted. */
async function runWhile(fleet: Client, signal: AbortSignal, submission: SubmissionInput): Promise<InvocationRecord> {
  const { id } = await fleet.invocations.create(submission);
  try {
    return await fleet.invocations.wait(id, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    await fleet.invocations.cancel(id);
    return fleet.invocations.wait(id);
  }
}
