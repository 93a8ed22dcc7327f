import {
  type Backend,
  type ConsumeOptions,
  type InvocationId,
  newInvocationId,
  type QueueEntry,
} from "@pifleet/invocation";
import { afterEach } from "vitest";
import { ClaimInbox } from "./claim-inbox.ts";

export const CARRIER = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
/** Short enough to be lost in a test, long enough not to be lost by a slow machine while it is renewed. */
export const SHORT_LEASE_MS = 600;

/** Call within a `describe`: consumers for each test, which are stopped after it. */
export function useInboxes(): (backend: Backend, options?: Partial<ConsumeOptions>) => ClaimInbox {
  const inboxes: ClaimInbox[] = [];
  afterEach(async () => {
    await Promise.all(inboxes.splice(0).map((inbox) => inbox.stop()));
  });
  return ({ queue }, options) => {
    const inbox = new ClaimInbox(queue, options);
    inboxes.push(inbox);
    return inbox;
  };
}

/** Adds an entry and returns its id. */
export async function enqueue({ queue }: Backend, given: Partial<QueueEntry> = {}): Promise<InvocationId> {
  const entry: QueueEntry = { id: newInvocationId(), carrier: CARRIER, priority: 0, delayMs: 0, ...given };
  await queue.enqueue(entry);
  return entry.id;
}

/** Takes and completes `count` claims, one after the other. */
export async function takeAll(inbox: ClaimInbox, count: number): Promise<InvocationId[]> {
  const ids: InvocationId[] = [];
  while (ids.length < count) {
    const { claim, done } = await inbox.next();
    ids.push(claim.id);
    await claim.complete();
    done();
  }
  return ids;
}
