import { type Event, type Fenced, type InvocationId, KEPT_EVENTS } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** Appends events of an attempt, behind the fence. */
export async function appendEvents(
  scripts: Scripts,
  id: InvocationId,
  attempt: number,
  events: readonly Event[],
): Promise<Fenced> {
  const entries = events.map((event) => JSON.stringify(event));
  const args = [attempt, ...scripts.nextCall(), KEPT_EVENTS, ...entries];
  return (await scripts.runOn(id, "append-events", args)) as Fenced;
}
