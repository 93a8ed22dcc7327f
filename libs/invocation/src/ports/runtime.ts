import type { ArtifactLimits } from "../artifact.ts";
import type { RunnerCommand } from "../runner-protocol.ts";
import type { RunnerRecord } from "../runner-record.ts";

/** Settings of a runner, given before its task. */
export interface LaunchRequest {
  readonly invocationId: string;
  readonly attempt: number;
  /** The files that the workspace starts with; paths are relative and checked. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** When it is aborted, the launch is given up: it rejects soon, and nothing is left behind. */
  readonly signal?: AbortSignal;
}

/** The argument, after those of its program, of a runner that nobody waits for yet: it rehearses before it is ready. */
export const REHEARSE = "rehearse";

/** A way to start a runner, as it is given to Node. */
export interface RunnerProgram {
  /** Name for people. */
  readonly name: string;
  /** The arguments of Node: its own flags, and the program's main file last. */
  readonly arguments: readonly string[];
}

/** How a runner's process ended. */
export interface RunnerExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether it ran out of memory: by its own heap limit, or killed by the kernel for it. */
  readonly outOfMemory: boolean;
  /** Anything on the channel that was no record: the first one, shortened. */
  readonly protocolFault?: string;
  /** That the run was ended because it took too much, in words that go on "The run …". */
  readonly excess?: string;
  /** The last lines of its standard error. May hold secrets: redact before use. */
  readonly stderrTail: string;
}

/** A file that a run left in its outputs, or the reason why one is not kept. */
export type Output =
  | {
      readonly kind: "file";
      /** Below outputs; a `FilePath`. */
      readonly path: string;
      readonly bytes: number;
      /** Exactly so many bytes, or it throws. Can be read once, and only until the next output is asked for. */
      readonly content: AsyncIterable<Uint8Array>;
    }
  /** `path` may hold any character. */
  | { readonly kind: "omitted"; readonly path: string; readonly reason: string };

/** How a launch came to its runner: `warm`, it was ready and waited; `cold`, it was waited for. */
export type RunnerStart = "warm" | "cold";

/** A runner that serves one attempt, with its workspace. */
export interface Runner {
  readonly pid: number;
  readonly start: RunnerStart;
  /** The workspace's absolute path; mode 0700, removed by `dispose`. */
  readonly workspace: string;
  /** The environment that the tools get, complete. */
  readonly toolEnvironment: Readonly<Record<string, string>>;
  /** Records of the runner, in order. Ends when the runner is gone and all it said was read. One reader. */
  readonly records: AsyncIterable<RunnerRecord>;
  /** Resolves, never rejects, when the runner's own process has ended. */
  readonly exited: Promise<RunnerExit>;
  /** Sends a command; after the runner's end it does nothing. */
  send(command: RunnerCommand): void;
  /** Stops all processes of the runner where they are (SIGSTOP); `resume` lets them go on. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Ends the runner with everything that it started: asks, waits `graceMs`, then kills. Resolves when all are gone.
   * Later calls join the first one; a shorter grace wins.
   */
  terminate(graceMs: number): Promise<void>;
  /**
   * Terminates at once whatever is left, and then shows what lies in the outputs of the workspace, by name. Whatever a
   * run may have put there, nothing outside of it is read. Not after `dispose`.
   */
  outputs(limits: ArtifactLimits): AsyncIterable<Output>;
  /** Terminates at once whatever is left and removes the workspace. Safe to call twice. */
  dispose(): Promise<void>;
}

/** Result of a sweep. */
export interface Swept {
  /** Runs of dead workers of which processes were still there. */
  readonly runners: number;
  readonly workspaces: number;
}

/** The port to where runners live. */
export interface Runtime {
  /** Begins to start runners ahead of the launches, where it is configured to. Launches do not need it. */
  start(): void;
  /**
   * Makes a workspace and gives it to a runner that is ready for its task: one that waits, or else a new one.
   * @throws {LaunchError} when it cannot; nothing is left behind then.
   */
  launch(request: LaunchRequest): Promise<Runner>;
  /**
   * Ends the runners and removes the workspaces of this machine whose workers are dead; those of a worker that lives,
   * or of which that cannot be told from here, are left alone. Several workers may sweep at once.
   */
  sweep(): Promise<Swept>;
  /** How the processes of a runner are held together, for the list of workers; such as `cgroup`. */
  readonly containment: string;
  /** How many runners wait for a launch. */
  readonly warm: number;
  /**
   * Starts no runner ahead any more, and ends those that wait; resolves when nothing of them is left. Who serves an
   * attempt goes on, and launches still succeed. Safe to call twice, and before `start`.
   */
  drain(): Promise<void>;
  /** Drains, and ends what is left. Safe to call twice, and before the first launch. */
  close(): Promise<void>;
}

/** A runner that could not be started, or that ended before it could take a task. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
  readonly code = "launch_failed";
  /** How its process ended, when there was one. */
  readonly exit: RunnerExit | undefined;

  constructor(message: string, options: { cause?: unknown; exit?: RunnerExit } = {}) {
    super(message, { cause: options.cause });
    this.exit = options.exit;
  }
}
