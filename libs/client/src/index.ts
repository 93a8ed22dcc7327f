export type {
  Artifact,
  Delivery,
  DeliveryTry,
  FleetModel,
  FleetQueue,
  Problem,
  ProblemCode,
  Span,
  Status,
  SubmissionInput,
  Webhook,
  WebhookEventType,
  WorkerPresence,
} from "@pifleet/invocation";
export type { Artifacts, Download, DownloadOptions } from "./artifacts.ts";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export type { Deliveries, DeliveryListQuery, DeliveryPage, DeliveryWithBody } from "./deliveries.ts";
export {
  ConnectionError,
  PiFleetError,
  type ReceivedProblem,
  type WebhookFault,
  WebhookVerificationError,
} from "./errors.ts";
export type { StreamOptions } from "./event-stream.ts";
export type {
  CallOptions,
  CancelOptions,
  CreateOptions,
  Invocations,
  ListQuery,
  RecordPage,
  WaitOptions,
} from "./invocations.ts";
export type { MomentInput } from "./moment.ts";
export type {
  Attempt,
  EndedInvocation,
  ErrorCode,
  InvocationError,
  InvocationRecord,
  InvocationSummary,
  LoggedEvent,
} from "./received.ts";
export { verifyWebhook, type WebhookEvent, type WebhookHeaders } from "./webhook-verification.ts";
export type {
  NewWebhook,
  Redeliveries,
  RedeliveryRange,
  WebhookChanges,
  Webhooks,
  WebhookWithSecret,
} from "./webhooks.ts";
