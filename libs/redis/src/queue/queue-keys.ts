import type { QueueBase } from "bullmq";

/** Those of BullMQ's own keys that are used here without BullMQ. Only a claim's lock is written, when it is renewed. */
export interface QueueKeys {
  /** List of the ids of claimed entries. */
  readonly active: string;
  /** Set of the ids of claimed entries whose claims were not renewed since the last look for lost ones. */
  readonly stalled: string;
  /** What the key of an entry, a hash, begins with; its id follows. */
  readonly entryPrefix: string;
  /** What follows the key of an entry in that of its lock, a string: the token of the claim. */
  readonly lockSuffix: string;
}

export function queueKeys(queue: QueueBase): QueueKeys {
  const [active, stalled] = [queue.toKey("active"), queue.toKey("stalled")];
  return { active, stalled, entryPrefix: queue.toKey(""), lockSuffix: ":lock" };
}
