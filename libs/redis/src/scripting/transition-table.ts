import { type TerminalStatus, TRANSITIONS, type Transition } from "@pifleet/invocation";

/** The transition that ends an invocation in a terminal status. */
export const ENDING: Readonly<Record<TerminalStatus, Transition>> = {
  succeeded: "succeed",
  failed: "fail",
  cancelled: "cancel",
  timed_out: "time_out",
  needs_attention: "need_attention",
};

/** The state machine as Lua, so that the scripts cannot drift from the table in `libs/invocation`. */
export function transitionsAsLua(): string {
  const rows = Object.entries(TRANSITIONS).map(([status, row]) => {
    const cells = Object.entries(row).map(([transition, next]) => `${transition} = "${next}"`);
    return `  ${status} = { ${cells.join(", ")} },`;
  });
  return ["local TRANSITIONS = {", ...rows, "}"].join("\n");
}
