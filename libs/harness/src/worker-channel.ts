import { RunnerCommand, type RunnerRecord } from "@pifleet/invocation";
import { killSelf, killStarted } from "./process-tree.ts";

/** The variable that the runtime marks the processes of a run with. */
const MARKER = "PIFLEET_RUN";

/** The runner's end of the channel to its worker. */
export interface WorkerChannel {
  send(record: RunnerRecord): void;
  /** Resolves when all that was sent before is out of this process. */
  sendLast(record: RunnerRecord): Promise<void>;
  onCommand(listener: (command: RunnerCommand) => void): void;
}

/**
 * Connects to the worker over the IPC channel with which this process was started. A worker that is gone takes
 * everything with it: the runner's processes are killed and the runner exits.
 */
export function connectWorker(): WorkerChannel {
  const post = process.send?.bind(process);
  if (!post) throw new Error("A runner is started by a worker: there is no IPC channel");
  process.once("disconnect", abandon);
  // A worker that died while this process was loading is not told of again.
  if (!process.connected) abandon();
  return {
    // A channel that has just closed is no error here: the end of the channel is told by `disconnect`.
    send: (record) => void post(record, undefined, undefined, () => undefined),
    sendLast: (record) => new Promise((resolve) => post(record, undefined, undefined, () => resolve())),
    onCommand: (listener) => process.on("message", (message) => listener(RunnerCommand.parse(message))),
  };
}

/** Whatever the runner was doing is of no use to anybody any more. */
function abandon(): void {
  killStarted(MARKER);
  killSelf();
}
