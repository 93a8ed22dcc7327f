import type { Harness, RunnerRecord, RunnerTask } from "@pifleet/invocation";
import { now } from "./clock.ts";
import { fittedRecord } from "./fitted-record.ts";
import { fittedResult } from "./fitted-result.ts";
import { Heartbeat } from "./heartbeat.ts";
import { RecordCoalescer } from "./record-coalescer.ts";
import type { WorkerChannel } from "./worker-channel.ts";

/**
 * Serves one task and exits. A bug in the harness is not caught: the process ends with a stack on stderr and a
 * non-zero code, which is how the worker tells a crash from an agent that failed.
 */
export function serve(harness: Harness, channel: WorkerChannel): void {
  const records = new RecordCoalescer((record) => channel.send(fittedRecord(record)));
  const heartbeat = new Heartbeat((record) => records.push(record));
  const tell = (record: RunnerRecord) => {
    heartbeat.observe(record);
    records.push(record);
  };
  const run = async (task: RunnerTask) => {
    // A relative path means one in the workspace, whoever asks.
    process.chdir(task.workspace);
    heartbeat.start();
    const result = await harness.run(task, tell);
    heartbeat.stop();
    records.flush();
    await channel.sendLast(fittedRecord({ type: "finished", at: now(), result: fittedResult(result) }));
    // Whatever a tool has left open must not keep the process.
    process.exit(0);
  };
  let taken = false;
  channel.onCommand((command) => {
    if (command.type === "abort") harness.abort();
    else if (command.type === "steer") void harness.steer(command.text);
    else if (taken) throw new Error("A runner serves one task");
    else {
      taken = true;
      void run(command.task);
    }
  });
  tell({ type: "ready", at: now() });
}
