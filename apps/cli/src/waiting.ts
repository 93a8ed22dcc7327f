import type { InvocationRecord } from "@pifleet/client";
import { formatTime } from "./figures.ts";

type WaitingFor = NonNullable<InvocationRecord["waitingFor"]>;

const WORDS: Readonly<Record<WaitingFor["reason"], string>> = {
  delay: "its time",
  provider: "its provider, which was away",
  queue_paused: "the queue, which is paused",
  no_worker: "a worker: none is alive",
  tenant_limit: "a free slot: its tenant runs as many as it may",
  turn: "its turn",
};

/** Says why a queued invocation waits: `its turn, 3 go first`. */
export function formatWaiting({ reason, ahead = 0, until }: WaitingFor): string {
  const first = ahead === 0 ? [] : [ahead === 1 ? "1 goes first" : `${ahead} go first`];
  const time = until === undefined ? [] : [`until ${formatTime(until)}`];
  return [WORDS[reason], ...first, ...time].join(", ");
}
