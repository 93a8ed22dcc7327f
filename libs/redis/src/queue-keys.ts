import type { Queue } from "bullmq";

/** Those of BullMQ's own keys that are read here without BullMQ. All that is written there, BullMQ writes itself. */
export interface QueueKeys {
  /** List of the ids of claimed entries. */
  readonly active: string;
  /** What the key of an entry, a hash, begins with; its id follows. */
  readonly entryPrefix: string;
  /** What follows the key of an entry in that of its lock, a string: the token of the claim. */
  readonly lockSuffix: string;
}

export function queueKeys(queue: Queue): QueueKeys {
  return { active: queue.toKey("active"), entryPrefix: queue.toKey(""), lockSuffix: ":lock" };
}
