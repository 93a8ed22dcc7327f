import type { EventLog, InvocationStore, ModelAccess, Redactor, Runtime, SpanLog } from "@pifleet/invocation";
import type { ExportSpans } from "@pifleet/tracing";

/** What the execution of an attempt needs from outside. */
export interface ExecutionPorts {
  readonly store: InvocationStore;
  readonly events: EventLog;
  readonly spans: SpanLog;
  readonly runtime: Runtime;
  /** Where the spans go, besides the span log. */
  readonly exportSpans: ExportSpans;
  /** How the model that an invocation names is reached. */
  readonly modelAccess: (model: string) => ModelAccess;
  readonly redactor: Redactor;
  /** Called for faults that the execution itself survives. */
  readonly onFault: (error: unknown) => void;
}
