import { hasVariable, type ProcessEntry, readProcesses } from "./process-table.ts";
import type { RunIdentity, RunProcesses } from "./run-processes.ts";
import { send } from "./send-signal.ts";
import { worksFor } from "./works-for.ts";

/**
 * The processes of a run: those of its control group when it has one, and those with any trace of it in /proc: the
 * runner's group and session, descent, the marker in the environment, a directory of the run as working directory. A process
 * that has called setsid, that was forked twice, or that has cleared its environment is still found by one of the
 * others; one that does all of these and goes elsewhere before its parent ends is found in a control group only.
 */
export class SweptProcesses implements RunProcesses {
  readonly #identity: RunIdentity;
  /** Members seen before, by pid and start: what they have started belongs to the run as well. */
  readonly #seen = new Set<string>();

  constructor(identity: RunIdentity) {
    this.#identity = identity;
  }

  alive(): boolean {
    return this.#identity.group?.populated() || this.#members().length > 0;
  }

  stopped(): boolean {
    return this.#members().every(({ state }) => state === "T" || state === "t");
  }

  releaseForks(): void {
    const members = this.#members();
    const waiting = new Set(members.flatMap(({ pid, state }) => (state === "D" ? [pid] : [])));
    for (const { pid, parent, state } of members) if (state === "T" && waiting.has(parent)) send(pid, "SIGCONT");
  }

  signal(signal: NodeJS.Signals): void {
    const { leader, group: controlGroup } = this.#identity;
    const members = this.#members();
    if (signal === "SIGKILL") controlGroup?.kill();
    // The group first, in one call: none of its processes can fork away between two signals.
    if (leader !== undefined && members.some(({ group }) => group === leader)) send(-leader, signal);
    for (const { pid, group } of members) if (group !== leader) send(pid, signal);
  }

  #members(): ProcessEntry[] {
    const candidates = readProcesses().filter(({ startTicks }) => startTicks >= this.#identity.since);
    const contained = new Set(this.#identity.group?.pids());
    const members = new Map<number, ProcessEntry>();
    for (const entry of candidates) {
      if (contained.has(entry.pid) || this.#belongs(entry)) members.set(entry.pid, entry);
    }
    addDescendants(members, candidates);
    for (const entry of members.values()) this.#seen.add(key(entry));
    return [...members.values()];
  }

  #belongs(entry: ProcessEntry): boolean {
    const { leader, marker, place } = this.#identity;
    if (this.#seen.has(key(entry))) return true;
    if (leader !== undefined && (entry.group === leader || entry.session === leader)) return true;
    return hasVariable(entry.pid, marker) || worksFor(entry.pid, place);
  }
}

function addDescendants(members: Map<number, ProcessEntry>, candidates: readonly ProcessEntry[]): void {
  for (let before = -1; before < members.size; ) {
    before = members.size;
    for (const entry of candidates) if (members.has(entry.parent)) members.set(entry.pid, entry);
  }
}

function key({ pid, startTicks }: ProcessEntry): string {
  return `${pid}@${startTicks}`;
}
