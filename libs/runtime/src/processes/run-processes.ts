import type { ControlGroup } from "./control-group.ts";
import type { RunPlace } from "./works-for.ts";

/** How the processes of one run are known. */
export interface RunIdentity {
  /** The runner, which leads a session and a process group of its own; absent when its number may mean another by now. */
  readonly leader?: number;
  /** Nothing that was started before can belong to the run, in clock ticks since boot. */
  readonly since: number;
  /** The environment variable, with its value, that all processes of the run have inherited. */
  readonly marker: string;
  /** Its directories. */
  readonly place: RunPlace;
  /** The control group of the run, when it has one. */
  readonly group?: ControlGroup;
}

/** All the processes of one run, the runner included. */
export interface RunProcesses {
  /** Whether any of them lives. */
  alive(): boolean;
  /** Whether all that live are stopped. */
  stopped(): boolean;
  /**
   * Lets those go on whose parents cannot stop before them: who has called vfork waits, beyond the reach of signals,
   * until its child runs a program, and a child that was stopped before that never does.
   */
  releaseForks(): void;
  /** Sends a signal to each of them. */
  signal(signal: NodeJS.Signals): void;
}
