export type {
  InvocationError,
  InvocationRecord,
  LoggedEvent,
  Problem,
  QueueDepth,
  Span,
  Status,
  SubmissionInput,
  WorkerPresence,
} from "@pifleet/invocation";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export { ConnectionError, PiFleetError } from "./errors.ts";
export type { StreamOptions } from "./event-stream.ts";
export type { CallOptions, CreateOptions, Invocations, ListQuery, RecordPage, WaitOptions } from "./invocations.ts";
