import type { Fenced, InvocationId, Settlement } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";
import { ENDING } from "../transition-table.ts";
import { CANCELLED } from "./cancel.ts";

/** Ends an attempt, and with it the invocation unless another attempt follows. */
export async function settle(
  scripts: Scripts,
  id: InvocationId,
  attempt: number,
  settlement: Settlement,
): Promise<Fenced> {
  const { kind, outcome } = settlement;
  const handedBack = kind === "handed_back";
  const args = [
    attempt,
    ...scripts.nextCall(),
    kind,
    handedBack ? "handed_back" : (outcome.error?.code ?? "succeeded"),
    JSON.stringify(handedBack ? null : outcome.error),
    JSON.stringify(outcome.usage),
    ENDING[outcome.status],
    JSON.stringify(outcome.output),
    JSON.stringify(outcome.messages),
    CANCELLED,
    kind === "again" ? settlement.delayMs : 0,
  ];
  return (await scripts.runOn(id, "settle", args)) as Fenced;
}
