/** How the processes of one run are known. */
export interface RunIdentity {
  /** The runner, which leads a session and a process group of its own. */
  readonly leader: number;
  /** The environment variable, with its value, that all processes of the run have inherited. */
  readonly marker: string;
  readonly workspace: string;
}

/** All the processes of one run, the runner included. */
export interface RunProcesses {
  /** Whether any of them lives. */
  alive(): boolean;
  /** Whether all that live are stopped. */
  stopped(): boolean;
  /** Sends a signal to each of them. */
  signal(signal: NodeJS.Signals): void;
}
