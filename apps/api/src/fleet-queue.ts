import type { AdmissionLimits, Backend, FleetQueue, QueueDepth, Standing } from "@pifleet/invocation";

type Ports = Pick<Backend, "queue" | "admission" | "breakers">;

/** What waits in the lobbies of the tenants and in the queue together, and who waits. */
export async function readQueue({
  queue,
  admission,
}: Pick<Ports, "queue" | "admission">): Promise<{ depth: QueueDepth; standing: Standing }> {
  const [entries, standing] = await Promise.all([queue.depth(), admission.standing()]);
  const waiting = entries.waiting + standing.waiting;
  return { depth: { ...entries, waiting, delayed: entries.delayed + standing.scheduled }, standing };
}

/** The same for those who operate the fleet. */
export async function fleetQueue(ports: Ports, limits: AdmissionLimits): Promise<FleetQueue> {
  const [{ depth, standing }, providers] = await Promise.all([readQueue(ports), ports.breakers.held()]);
  return { ...depth, limits, providers, tenants: [...standing.tenants] };
}
