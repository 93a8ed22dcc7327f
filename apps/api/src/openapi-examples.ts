import type {
  Artifact,
  FleetModel,
  InvocationRecord,
  InvocationSummary,
  LoggedEvent,
  Problem,
  Span,
  Submission,
  WorkerPresence,
} from "@pifleet/invocation";
import { InvocationId, NO_USAGE } from "@pifleet/invocation";
import type * as z from "zod";
import { webhookExamples } from "./openapi-webhook-examples.ts";

const ID = InvocationId.parse("inv_01K9ZQ6T3M8R4W5X7Y9A2B4C6D");
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const WORKER_ID = "w_01K9ZQ0C5N7P9R2T4V6X8Z1B3D";
const CREATED = "2026-01-15T09:30:00.000Z";
const STARTED = "2026-01-15T09:30:00.012Z";
const ENDED = "2026-01-15T09:30:04.250Z";
const ACTOR = { key: "key_01K9ZQ2A3B4C5D6E7F8G9H0J1K", name: "Nightly build" };

const submission: z.input<typeof Submission> = {
  model: "demo/scripted",
  name: "Review of src/a.ts",
  instructions: "You are a careful reviewer. Answer in one paragraph.",
  input: "Review the file src/a.ts.",
  files: [{ path: "src/a.ts", content: "export const answer = 42;\n" }],
  tools: ["read", "bash"],
  limits: { totalMs: 600_000, maxCostUsd: 1 },
  trace: { endpoint: "https://otlp.example.com/v1/traces", content: false },
  webhook: { url: "https://example.com/hooks/pifleet", events: ["invocation.succeeded"] },
  metadata: { ticket: "X-1" },
};

const artifact: Artifact = {
  path: "review/report.md",
  bytes: 1_024,
  sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
};

const invocation: InvocationRecord = {
  id: ID,
  status: "succeeded",
  agent: null,
  model: "demo/scripted",
  metadata: { ticket: "X-1" },
  limits: {
    firstByteMs: 60_000,
    idleMs: 300_000,
    totalMs: 600_000,
    providerPatienceMs: 900_000,
    maxAttempts: 3,
    maxTurns: 100,
    maxCostUsd: 1,
  },
  name: "Review of src/a.ts",
  input: "Review the file src/a.ts.",
  instructions: "You are a careful reviewer. Answer in one paragraph.",
  tools: ["read", "bash"],
  recovery: "rerun",
  priority: 0,
  delayMs: 0,
  webhook: { url: "https://example.com/hooks/pifleet", events: ["invocation.succeeded"] },
  waitingFor: null,
  attempt: 1,
  attempts: [{ number: 1, worker: WORKER_ID, startedAt: STARTED, endedAt: ENDED, ended: "succeeded" }],
  createdAt: CREATED,
  startedAt: STARTED,
  endedAt: ENDED,
  output: "The file is fine.",
  messages: [
    { role: "user", content: [{ type: "text", text: "Review the file src/a.ts." }] },
    { role: "assistant", content: [{ type: "text", text: "The file is fine." }] },
  ],
  messageCount: 2,
  error: null,
  usage: {
    inputTokens: 812,
    outputTokens: 64,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: 0.0031,
    turns: 1,
    toolCalls: 0,
  },
  stopReason: "stop",
  artifacts: [artifact],
  trace: { traceId: TRACE_ID, export: { status: "ok" } },
  retryOf: null,
  submittedBy: ACTOR,
  cancellation: null,
};

const { output: _, messages: __, artifacts: ___, instructions: ____, waitingFor: _____, ...rest } = invocation;
const summary: InvocationSummary = { ...rest, input: "Review the file src/a.ts." };

/** The same while its first attempt runs. */
const running: InvocationRecord = {
  ...invocation,
  status: "running",
  attempts: [{ number: 1, worker: WORKER_ID, startedAt: STARTED, endedAt: null, ended: null }],
  endedAt: null,
  output: null,
  messages: [],
  messageCount: 1,
  stopReason: null,
  artifacts: [],
  usage: NO_USAGE,
  trace: { traceId: TRACE_ID, export: { status: "pending" } },
};

/** The same before its first attempt. */
const queued: InvocationRecord = {
  ...running,
  status: "queued",
  attempt: 0,
  attempts: [],
  startedAt: null,
  messageCount: 0,
};

const queue = {
  waiting: 3,
  delayed: 0,
  claimed: 4,
  paused: false,
  limits: { tenantQueued: 2_000, queued: 100_000, tenantRunning: null, tenantBytes: 536_870_912 },
  providers: [
    {
      provider: "anthropic",
      account: "9f86d081",
      reason: "provider_unavailable",
      since: "2026-01-15T09:30:00.000Z",
      until: "2026-01-15T09:30:20.000Z",
    },
  ],
  tenants: [{ tenant: "acme", waiting: 3, admitted: 4 }],
};

/** Example answers by operation id, where they say more than the example of the schema. */
export const ANSWER_EXAMPLES: Readonly<Record<string, unknown>> = {
  // It ends a moment after the answer.
  cancelInvocation: {
    ...running,
    cancellation: { at: ENDED, by: ACTOR, reason: "Not needed" },
  },
  retryInvocation: { ...queued, retryOf: "inv_01K9ZP0A1B2C3D4E5F6G7H8J9K" },
  pauseInvocation: { ...running, status: "paused" },
  resumeInvocation: running,
  submitBatch: { items: [queued] },
  pauseQueue: { ...queue, paused: true },
  getDescription: { openapi: "3.1.0", info: { title: "Pi Fleet", version: "1" }, paths: {} },
};

const event: LoggedEvent = {
  id: "1768469400500-0",
  type: "message.completed",
  at: "2026-01-15T09:30:00.500Z",
  attempt: 1,
  text: "The file is fine.",
  usage: { inputTokens: 1_840, outputTokens: 96, cacheReadTokens: 1_024, cacheWriteTokens: 0, costUsd: 0.0042 },
};

const worker: WorkerPresence = {
  id: WORKER_ID,
  host: "worker-1",
  pid: 4242,
  version: "0.1.0",
  startedAt: "2026-01-15T08:00:00.000Z",
  concurrency: 4,
  running: [ID],
  rssBytes: 98_566_144,
  load: 0.42,
  heartbeatAt: STARTED,
  warm: 2,
  containment: "process-group",
};

const span: Span = {
  traceId: TRACE_ID,
  spanId: "53995c3f42cd8ad8",
  parentSpanId: "00f067aa0ba902b7",
  name: "POST /v1/invocations",
  kind: "server",
  attempt: 0,
  startMs: 1_768_469_399_998.2,
  endMs: 1_768_469_400_000.6,
  status: { code: "unset" },
  attributes: {
    "session.id": ID,
    "http.request.method": "POST",
    "http.route": "/v1/invocations",
    "http.response.status_code": 202,
  },
  events: [],
};

const producer: Span = {
  ...span,
  spanId: "a3ce929d0e0e4736",
  parentSpanId: span.spanId,
  name: "send invocations",
  kind: "producer",
  startMs: span.endMs,
  attributes: { "session.id": ID, "messaging.system": "bullmq", "messaging.message.id": ID },
};

const problem: Problem = {
  type: "about:blank#invalid_request",
  title: "Bad Request",
  status: 400,
  detail: "/limits/totalMs: Too small: expected number to be >=1",
  code: "invalid_request",
  errors: [{ pointer: "/limits/totalMs", detail: "Too small: expected number to be >=1" }],
};

const model: FleetModel = {
  id: "anthropic/claude-sonnet-5",
  provider: "anthropic",
  name: "Claude Sonnet 5",
  contextWindow: 1_000_000,
  maxTokens: 64_000,
  input: ["text", "image"],
  thinking: ["off", "low", "medium", "high"],
  price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  key: "ANTHROPIC_API_KEY",
  ready: true,
  workers: 2,
};

/** One example for each schema of the API, by the schema's name; they are checked against the schemas by a test. */
export const EXAMPLES = {
  Submission: submission,
  Artifact: artifact,
  ArtifactList: { items: [artifact] },
  Actor: ACTOR,
  Invocation: invocation,
  InvocationSummary: summary,
  InvocationList: { items: [summary], nextCursor: null },
  Event: event,
  EventList: { items: [event], nextCursor: event.id },
  Worker: worker,
  WorkerList: { items: [worker] },
  Model: model,
  ModelList: { items: [model] },
  Span: span,
  SpanList: { items: [span, producer] },
  Queue: queue,
  Batch: { invocations: [submission] },
  BatchAnswer: { items: [queued] },
  ...webhookExamples(ID),
  Health: { status: "ok" },
  Problem: problem,
  CancelRequest: { reason: "Not needed any more" },
};
