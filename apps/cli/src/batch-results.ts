import type { InvocationRecord } from "@pifleet/client";
import type { Context } from "./context.ts";
import { formatEnding } from "./ending.ts";
import { elapsedMs } from "./figures.ts";
import { plainText } from "./plain-text.ts";

/** How many invocations of a batch are waited for at once. A key may hold more requests open; see PIFLEET_OPEN_PER_KEY. */
const WAITERS = 32;
const BAR_COLUMNS = 24;

/** An invocation, and the line of the batch that it came from. */
export interface BatchInvocation {
  readonly line: number;
  readonly id: string;
}

/**
 * Waits until all have ended, prints each as soon as it is known to have, and shows meanwhile how many have. Returns
 * how many did not succeed.
 */
export async function showResults(
  submitted: readonly BatchInvocation[],
  json: boolean,
  { client, interruption, output }: Context,
): Promise<number> {
  const fleet = client();
  const counts = { all: submitted.length, ended: 0, unsuccessful: 0 };
  const show = ({ line, record }: { line: number; record: InvocationRecord }) => {
    if (json) return output.json({ line, ...record });
    const ranMs = elapsedMs(record.startedAt, record.endedAt);
    output.line(`${line}  ${plainText(record.id)}  ${formatEnding({ ...record, ranMs }, output.paint)}`);
  };
  const waiting = submitted.values();
  const waitForNext = async () => {
    for (const { line, id } of waiting) {
      const record = await fleet.invocations.wait(id, { signal: interruption.asked });
      counts.ended += 1;
      if (record.status !== "succeeded") counts.unsuccessful += 1;
      show({ line, record });
    }
  };
  const describe = () => progressOf(counts);
  await output.whileWaiting({ describe }, () => Promise.all(Array.from({ length: WAITERS }, waitForNext)));
  return counts.unsuccessful;
}

/** A bar and figures, such as `█████░░░ 40 of 64 ended, 2 unsuccessful`. */
function progressOf({
  all,
  ended,
  unsuccessful,
}: {
  readonly all: number;
  readonly ended: number;
  readonly unsuccessful: number;
}): string {
  const filled = all === 0 ? BAR_COLUMNS : Math.floor((ended / all) * BAR_COLUMNS);
  const bar = "█".repeat(filled) + "░".repeat(BAR_COLUMNS - filled);
  return `${bar} ${ended} of ${all} ended${unsuccessful > 0 ? `, ${unsuccessful} unsuccessful` : ""}`;
}
