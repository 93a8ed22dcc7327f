import { firstInvocationId } from "./id.ts";
import type { SummaryFields } from "./invocation-record.ts";
import type { InvocationQuery } from "./ports/store.ts";

/** Whether an invocation is what a query asks for. */
export function matches(
  invocation: SummaryFields,
  query: Omit<InvocationQuery, "tenant" | "limit" | "after">,
): boolean {
  const { status, agent, name = "", metadata = {}, since, until } = query;
  return (
    (!status || invocation.status === status) &&
    (!agent || invocation.agent === agent) &&
    invocation.name.toLowerCase().includes(name.toLowerCase()) &&
    Object.entries(metadata).every(
      ([key, value]) => Object.hasOwn(invocation.metadata, key) && invocation.metadata[key] === value,
    ) &&
    (since === undefined || firstInvocationId(since) <= invocation.id) &&
    (until === undefined || invocation.id < firstInvocationId(until))
  );
}
