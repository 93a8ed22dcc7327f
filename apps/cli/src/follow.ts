import type { InvocationRecord } from "@pifleet/client";
import type { Context } from "./context.ts";
import { formatEnding } from "./ending.ts";
import { ExitCode } from "./failure.ts";
import { elapsedMs } from "./figures.ts";
import { plainText } from "./plain-text.ts";
import { Transcript } from "./transcript.ts";

interface FollowOptions {
  readonly json?: boolean | undefined;
  /** The id of the event to go on behind. */
  readonly after?: string | undefined;
}

/** Shows the events of an invocation as they come, until it has ended. Returns the exit code: whether it succeeded. */
export async function showEvents(context: Context, id: string, { json, after }: FollowOptions): Promise<number> {
  const { client, output, interruption } = context;
  const transcript = new Transcript(output.paint);
  let last = "";
  return staying(context, id, async () => {
    const onReconnect = () => {
      if (output.isTerminal) output.write(transcript.interrupt());
      output.progress("… connection lost, resuming");
    };
    for await (const event of client().invocations.stream(id, { after, signal: interruption.asked, onReconnect })) {
      if (json) output.json(event);
      else output.write(transcript.next(event));
      last = event.type;
    }
    return last === "invocation.succeeded" ? ExitCode.done : ExitCode.failed;
  });
}

/** Waits until an invocation has ended and prints its output. Returns the exit code: whether it succeeded. */
export async function showOutput(context: Context, id: string, { json }: FollowOptions): Promise<number> {
  const { client, interruption } = context;
  return staying(context, id, async () => {
    const record = await client().invocations.wait(id, { signal: interruption.asked });
    if (json) context.output.json(record);
    else printOutput(record, context);
    return record.status === "succeeded" ? ExitCode.done : ExitCode.failed;
  });
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
