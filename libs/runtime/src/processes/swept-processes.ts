import { hasVariable, type ProcessEntry, readProcess, readProcesses, worksIn } from "./process-table.ts";
import type { RunIdentity, RunProcesses } from "./run-processes.ts";
import { send } from "./send-signal.ts";

/**
 * The processes of a run by every trace that they leave in /proc: the runner's group and session, descent, the marker
 * in the environment, the workspace as working directory. A process that has called setsid, that was forked twice, or
 * that has cleared its environment is still found by one of the others; one that does all of these and goes elsewhere
 * before its parent ends is not. That takes a PID namespace or a control group.
 */
export class SweptProcesses implements RunProcesses {
  readonly #identity: RunIdentity;
  readonly #since: number;
  /** Members seen before, by pid and start: what they have started belongs to the run as well. */
  readonly #seen = new Set<string>();

  constructor(identity: RunIdentity) {
    this.#identity = identity;
    this.#since = readProcess(identity.leader)?.startTicks ?? 0;
  }

  alive(): boolean {
    return this.#members().length > 0;
  }

  stopped(): boolean {
    return this.#members().every(({ state }) => state === "T" || state === "t");
  }

  signal(signal: NodeJS.Signals): void {
    const members = this.#members();
    // The group first, in one call: none of its processes can fork away between two signals.
    if (members.some(({ group }) => group === this.#identity.leader)) send(-this.#identity.leader, signal);
    for (const { pid, group } of members) if (group !== this.#identity.leader) send(pid, signal);
  }

  #members(): ProcessEntry[] {
    // Nothing older than the runner can belong to it.
    const candidates = readProcesses().filter(({ startTicks }) => startTicks >= this.#since);
    const members = new Map<number, ProcessEntry>();
    for (const entry of candidates) if (this.#belongs(entry)) members.set(entry.pid, entry);
    addDescendants(members, candidates);
    for (const entry of members.values()) this.#seen.add(key(entry));
    return [...members.values()];
  }

  #belongs(entry: ProcessEntry): boolean {
    const { leader, marker, workspace } = this.#identity;
    if (entry.group === leader || entry.session === leader || this.#seen.has(key(entry))) return true;
    return hasVariable(entry.pid, marker) || worksIn(entry.pid, workspace);
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
