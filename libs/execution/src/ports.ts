import type {
  ArtifactLimits,
  ArtifactStore,
  EventLog,
  Invocation,
  InvocationId,
  InvocationStore,
  Measures,
  ModelAccess,
  OwedSpans,
  ProviderAccounts,
  ProviderBreakers,
  Redactor,
  Runtime,
  Settlement,
} from "@pifleet/invocation";
import type { ContentOptions } from "@pifleet/tracing";
import type { ApartRun } from "./apart-run.ts";

/** Identifies an attempt in a log, and joins the log to its trace. */
export interface AttemptInfo {
  readonly invocation: InvocationId;
  readonly attempt: number;
  readonly traceId: string;
  /** The span of the agent's run. */
  readonly spanId: string;
  readonly tenant: string;
  readonly model: string;
  /** When the attempt started, Unix ms. */
  readonly startedAtMs: number;
}

/** Dependencies of the execution of an attempt. */
export interface ExecutionPorts {
  readonly store: InvocationStore;
  readonly events: EventLog;
  readonly runtime: Runtime;
  /** Where the artifacts of the attempt that ends its invocation are kept, and how much. */
  readonly artifacts: ArtifactStore;
  readonly artifactLimits: ArtifactLimits;
  /** How long a run may stay paused, milliseconds. */
  readonly pauseLimitMs: number;
  /** How the model that an invocation names is reached. */
  readonly modelAccess: (model: string) => ModelAccess;
  readonly breakers: ProviderBreakers;
  /** The accounts by which the providers are reached. */
  readonly accounts: ProviderAccounts;
  readonly redactor: Redactor;
  readonly tracing: TracingPolicy;
  readonly measures: Measures;
  /** Called when an attempt has been settled: its spans are owed now. */
  readonly onSettled: (owed: OwedSpans) => void;
  /** Starts a process that runs nothing but this invocation, whose claim stays here. */
  readonly startApart: (id: InvocationId) => ApartRun;
  readonly onAttemptStarted?: (attempt: AttemptInfo) => void;
  readonly onAttemptEnded?: (attempt: AttemptInfo, settlement: Settlement) => void;
  /** Called for faults that the execution itself survives; with the attempt, when it is about one. */
  readonly onFault: (error: unknown, attempt?: AttemptInfo) => void;
}

/** The deployment's settings for the traces of an invocation. */
export interface TracingPolicy {
  /** Whether its spans are exported, and so whether those who are asked on its behalf are to record theirs. */
  readonly isSampled: (invocation: Invocation) => boolean;
  /** How much of what was said its spans hold; nothing without. */
  readonly content: (invocation: Invocation) => ContentOptions | undefined;
}
