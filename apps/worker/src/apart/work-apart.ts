import { EventEmitter } from "node:events";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "@pifleet/environment/logging";
import { Executor } from "@pifleet/execution";
import type { Claim, InvocationId } from "@pifleet/invocation";
import { AttemptLog } from "../attempt-log.ts";
import { Tally } from "../tally.ts";
import type { WorkerOptions, WorkerParts } from "../worker.ts";
import { type ApartTask, type ApartWord, CHANNEL, parseLine, WorkerWord } from "./apart-word.ts";

type Doubts = EventEmitter<{ doubt: [inDoubt: boolean] }>;

const HAND_BACK_AGAIN_MS = 100;
const EXIT_UNSTARTED = 1;

/**
 * Runs one invocation for the worker that started this process, and says what is to become of its claim. It gives the
 * invocation back when it is told to end, and when its worker has died. Ends this process.
 */
export async function workApart(task: ApartTask, parts: WorkerParts, options: WorkerOptions): Promise<void> {
  const { backend, runtime, log } = parts;
  const parent = new Socket({ fd: CHANNEL, readable: true, writable: true });
  const attempts = new AttemptLog(log);
  const tally = new Tally({ counters: backend.counters, onFault: (error) => attempts.fault(error) });
  const executor = createExecutor(task, { parts, options, attempts, tally, say: (word) => say(parent, word) });
  const ending = endWhenTold(parent, executor, log);
  const doubts = doubtsOf(parent);
  const unwatch = await backend.changes.watchRequests((id) => executor.wake(id));
  tally.start();
  ending.begin();
  await executor.execute(claimOf(task.invocation, doubts, (word) => say(parent, word)));
  unwatch();
  await tally.stop();
  await runtime.close();
  await backend.close();
  if (!parent.destroyed) await new Promise<void>((resolve) => parent.end(() => resolve()));
  process.exit(0);
}

interface Making {
  readonly parts: WorkerParts;
  readonly options: WorkerOptions;
  readonly attempts: AttemptLog;
  readonly tally: Tally;
  readonly say: (word: ApartWord) => void;
}

function createExecutor({ worker }: ApartTask, { parts, options, attempts, tally, say }: Making): Executor {
  return new Executor(
    {
      ...parts.backend,
      ...parts,
      artifactLimits: options.artifactLimits,
      pauseLimitMs: options.pauseLimitMs,
      measures: tally,
      onSettled: ({ attempt }) => say({ kind: "settled", attempt }),
      startApart: () => {
        throw new Error("This process runs an invocation apart already");
      },
      onAttemptStarted: (attempt) => attempts.started(attempt),
      onAttemptEnded: (attempt, settlement) => attempts.ended(attempt, settlement),
      onFault: (error, attempt) => attempts.fault(error, attempt),
    },
    { worker, leaseMs: options.leaseMs, apart: true },
  );
}

/** The claim stays with the worker, which renews it, and kills this process when it is lost. */
function claimOf(id: InvocationId, doubts: Doubts, say: (word: ApartWord) => void): Claim {
  return {
    id,
    carrier: {},
    lost: new AbortController().signal,
    onDoubt: (listener) => {
      doubts.on("doubt", listener);
      return () => doubts.off("doubt", listener);
    },
    renew: async () => true,
    complete: async () => say({ kind: "complete" }),
    release: async (delayMs = 0) => say({ kind: "release", delayMs }),
  };
}

/** Tells whenever the worker says whether the claim is in doubt. */
function doubtsOf(parent: Socket): Doubts {
  const doubts: Doubts = new EventEmitter();
  createInterface({ input: parent }).on("line", (line) => {
    const { data: word } = WorkerWord.safeParse(parseLine(line));
    if (word) doubts.emit("doubt", word.inDoubt);
  });
  return doubts;
}

function say(parent: Socket, word: ApartWord): void {
  parent.write(`${JSON.stringify(word)}\n`);
}

/** Before it has begun, this process just ends; then what it runs is given back, as soon as that runs. */
function endWhenTold(parent: Socket, executor: Executor, log: Logger): { begin: () => void } {
  let begun = false;
  let told = false;
  const end = async () => {
    if (!begun) process.exit(EXIT_UNSTARTED);
    if (told) return;
    told = true;
    log.info("draining");
    for (;;) {
      executor.handBackAll();
      await setTimeout(HAND_BACK_AGAIN_MS, undefined, { ref: false });
    }
  };
  // The end of the channel is the end of the worker.
  parent.on("error", () => undefined);
  parent.on("close", () => void end());
  process.on("SIGTERM", () => void end());
  return {
    begin: () => {
      begun = true;
    },
  };
}
