import { MARKER } from "../environment.ts";
import type { ControlGroup } from "../processes/control-group.ts";
import { type ProcessEntry, readProcesses, variableOf } from "../processes/process-table.ts";

/** A run as its processes are counted. */
export interface CountedRun {
  /** The runner, which leads a session and a process group of its own. */
  readonly leader: number;
  /** The value of `MARKER` in the environment of its processes. */
  readonly marker: string;
  readonly group: ControlGroup | undefined;
}

/**
 * Finds the processes of many runs in one look at the process table. It looks less closely than the end of a run does: by
 * control group, session, process group and descent, and by the marker of each process that these do not tell, read once.
 */
export class Census {
  /** The markers of processes that were seen, by pid and start. */
  #markers = new Map<string, string | undefined>();

  /** The living processes of each run. */
  take<Run extends CountedRun>(runs: Iterable<Run>): Map<Run, ProcessEntry[]> {
    const counted = new Map<Run, ProcessEntry[]>(Array.from(runs, (run) => [run, []]));
    const owners = new Owners([...counted.keys()]);
    const entries = readProcesses();
    const byPid = new Map(entries.map((entry) => [entry.pid, entry]));
    const markers = new Map<string, string | undefined>();
    for (const entry of entries) {
      const run = owners.of(entry, byPid) ?? owners.byMarker(this.#markerOf(entry, markers));
      if (run) counted.get(run)?.push(entry);
    }
    this.#markers = markers;
    return counted;
  }

  #markerOf({ pid, startTicks }: ProcessEntry, seen: Map<string, string | undefined>): string | undefined {
    const key = `${pid}@${startTicks}`;
    const marker = this.#markers.has(key) ? this.#markers.get(key) : variableOf(pid, MARKER);
    seen.set(key, marker);
    return marker;
  }
}

/** To which run a process belongs, by what the kernel keeps of it. */
class Owners<Run extends CountedRun> {
  readonly #leaders: ReadonlyMap<number, Run>;
  readonly #markers: ReadonlyMap<string, Run>;
  /** By pid; those in control groups at first. */
  readonly #known = new Map<number, Run | undefined>();

  constructor(runs: readonly Run[]) {
    this.#leaders = new Map(runs.map((run) => [run.leader, run]));
    this.#markers = new Map(runs.map((run) => [run.marker, run]));
    for (const run of runs) for (const pid of run.group?.pids() ?? []) this.#known.set(pid, run);
  }

  of(entry: ProcessEntry, byPid: ReadonlyMap<number, ProcessEntry>): Run | undefined {
    const line: ProcessEntry[] = [];
    let run: Run | undefined;
    for (let each: ProcessEntry | undefined = entry; each; each = byPid.get(each.parent)) {
      const { pid, session, group } = each;
      run = this.#known.get(pid) ?? this.#leaders.get(session) ?? this.#leaders.get(group);
      line.push(each);
      if (run || this.#known.has(pid)) break;
    }
    for (const { pid } of line) this.#known.set(pid, run);
    return run;
  }

  byMarker(marker: string | undefined): Run | undefined {
    return marker === undefined ? undefined : this.#markers.get(marker);
  }
}
