import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ERROR_POLICY } from "./error-code.ts";
import { legalTransitions, nextStatus, Status, TRANSITIONS } from "./status.ts";
import { isTerminal } from "./terminal.ts";

const document = readFileSync(new URL("../../../docs/lifecycle.md", import.meta.url), "utf8");

describe("the state machine", () => {
  it("is the one in docs/lifecycle.md", () => {
    const drawn = [...document.matchAll(/^ {2}(\w+) --> (\w+): (\w+)$/gm)].map(
      ([, from, to, by]) => `${from} ${by} ${to}`,
    );
    const coded = Object.entries(TRANSITIONS).flatMap(([from, row]) =>
      Object.entries(row).map(([by, to]) => `${from} ${by} ${to}`),
    );
    expect(drawn.sort()).toEqual(coded.sort());
  });

  it("leads nowhere from a terminal status", () => {
    const terminal = Status.options.filter(isTerminal);
    expect(terminal).toEqual(["succeeded", "failed", "cancelled", "timed_out", "needs_attention"]);
    for (const status of terminal) expect(legalTransitions(status)).toEqual([]);
  });

  it("refuses what the table does not name", () => {
    expect(nextStatus("queued", "start")).toBe("running");
    expect(nextStatus("queued", "pause")).toBeUndefined();
    expect(nextStatus("succeeded", "cancel")).toBeUndefined();
  });
});

describe("the error codes", () => {
  it("have the policies in docs/lifecycle.md", () => {
    const rows = [...document.matchAll(/^\| (\w+) \| (\w+) \| (never|again|patience) \|$/gm)];
    const documented = Object.fromEntries(rows.map(([, code, status, retry]) => [code, { status, retry }]));
    const coded = Object.entries(ERROR_POLICY).map(([code, { status, retry }]) => [code, { status, retry }]);
    expect(documented).toEqual(Object.fromEntries(coded));
  });
});
