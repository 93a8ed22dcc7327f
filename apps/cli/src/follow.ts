import type { InvocationRecord, LoggedEvent } from "@pifleet/client";
import type { EventType } from "@pifleet/invocation";
import { Activity } from "./activity.ts";
import type { Context } from "./context.ts";
import { formatEnding } from "./ending.ts";
import { ExitCode } from "./failure.ts";
import { elapsedMs } from "./figures.ts";
import { plainText } from "./plain-text.ts";
import { Transcript } from "./transcript.ts";
import { WaitNotes } from "./wait-notes.ts";

interface FollowOptions {
  readonly json?: boolean | undefined;
  /** The id of the event to go on behind. */
  readonly after?: string | undefined;
}

/** Shows the events of an invocation as they come, until it has ended. Returns the exit code: whether it succeeded. */
export async function showEvents(context: Context, id: string, { json, after }: FollowOptions): Promise<number> {
  const { output } = context;
  const transcript = new Transcript(output.paint);
  const show = (event: LoggedEvent) => (json ? output.json(event) : output.write(transcript.next(event)));
  const closeLine = () => transcript.interrupt();
  const onReconnect = () => {
    if (output.isTerminal) output.write(closeLine());
    output.progress("… connection lost, resuming");
  };
  return staying(context, id, async () => {
    const last = await follow(context, id, { json, after, show, closeLine, onReconnect });
    return last === "invocation.succeeded" ? ExitCode.done : ExitCode.failed;
  });
}

/** Waits until an invocation has ended and prints its output. Returns the exit code: whether it succeeded. */
export async function showOutput(context: Context, id: string, { json }: FollowOptions): Promise<number> {
  const { client, interruption, output } = context;
  return staying(context, id, async () => {
    // Its events are of use only for somebody to see what is waited for.
    if (!json && output.showsWaiting) await follow(context, id, {});
    const record = await client().invocations.wait(id, { signal: interruption.asked });
    if (json) output.json(record);
    else printOutput(record, context);
    return record.status === "succeeded" ? ExitCode.done : ExitCode.failed;
  });
}

interface Follower extends FollowOptions {
  readonly show?: (event: LoggedEvent) => void;
  readonly closeLine?: () => string;
  readonly onReconnect?: () => void;
}

/** Goes through the events until the invocation has ended, and says meanwhile what is waited for. Returns the last one's type. */
async function follow(context: Context, id: string, follower: Follower): Promise<EventType | undefined> {
  const { client, output, interruption } = context;
  const { json, after, show, closeLine, onReconnect } = follower;
  const activity = new Activity();
  let last: EventType | undefined;
  const notes = new WaitNotes({
    read: () => client().invocations.get(id, { signal: interruption.asked }),
    tell: (text) => output.progress(output.progressPaint("dim", text)),
  });
  const act = async () => {
    for await (const event of client().invocations.stream(id, { after, signal: interruption.asked, onReconnect })) {
      activity.next(event);
      if (!json) notes.next(event);
      show?.(event);
      last = event.type;
    }
  };
  const describe = () => activity.describe(Date.now());
  try {
    await (json ? act() : output.whileWaiting({ describe, closeLine }, act));
  } finally {
    notes.stop();
  }
  return last;
}

function printOutput(record: InvocationRecord, { output }: Context): void {
  const ranMs = elapsedMs(record.startedAt, record.endedAt);
  output.progress(formatEnding({ ...record, ranMs }, output.progressPaint));
  // A program gets the output as it is; a terminal must not obey it.
  if (record.output !== null) output.line(output.isTerminal ? plainText(record.output) : record.output);
}

/** Says, when the user leaves, that the invocation stays. */
async function staying(context: Context, id: string, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } finally {
    if (context.interruption.asked.aborted) {
      context.output.progress(`\nThe invocation goes on. See it again with: pifleet watch ${id}`);
    }
  }
}
