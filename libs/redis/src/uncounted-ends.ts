import { UNCOUNTED_ENDS } from "@pifleet/invocation";

/** The ends of attempts that do not count against the allowed number, as a Lua set. */
export function uncountedAsLua(): string {
  return `local UNCOUNTED = { ${UNCOUNTED_ENDS.map((end) => `${end} = true`).join(", ")} }`;
}
