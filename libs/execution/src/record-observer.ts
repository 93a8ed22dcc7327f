import type { RunnerRecord } from "@pifleet/invocation";

/** Something that follows an attempt by what its runner reports. Records come in order, redacted. */
export interface RecordObserver {
  observe(record: RunnerRecord): void;
}
