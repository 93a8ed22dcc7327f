import { atLeast, atMost, type Row } from "./row.ts";

const REQUEST = "submission → first model request";
const RESULT = "submission → result";
const COLD = "Pi Fleet, cold";

/** The table: a line here is a line there. */
// biome-ignore format: a row is a line
export const ROWS: readonly Row[] = [
  { name: "request-p50", title: `${REQUEST}, p50`, measurement: "start", figure: REQUEST, target: atMost(1 / 30, "hand-written"), orientation: atMost(15) },
  { name: "request-p99", title: `${REQUEST}, p99`, measurement: "start", figure: REQUEST, quantile: 0.99, orientation: atMost(60) },
  { name: "cold-request-p50", title: "… no runner waiting, p50", measurement: "start", figure: REQUEST, by: COLD, target: atMost(1 / 4, "hand-written"), orientation: atMost(120) },
  { name: "cold-request-p99", title: "… no runner waiting, p99", measurement: "start", figure: REQUEST, by: COLD, quantile: 0.99 },
  { name: "result-p50", title: `${RESULT}, p50`, measurement: "start", figure: RESULT },
  { name: "result-p99", title: `${RESULT}, p99`, measurement: "start", figure: RESULT, quantile: 0.99 },
  { name: "cold-result-p50", title: "… no runner waiting, p50", measurement: "start", figure: RESULT, by: COLD },
  { name: "cold-result-p99", title: "… no runner waiting, p99", measurement: "start", figure: RESULT, by: COLD, quantile: 0.99 },
  { name: "throughput", title: "runs at saturation, a fresh process each", measurement: "throughput", figure: "throughput", target: atLeast(6, "hand-written"), orientation: atLeast(12) },
  { name: "cpu", title: "CPU of a run, everything included", measurement: "throughput", figure: "CPU of a run", target: atMost(1 / 8, "hand-written"), orientation: atMost(100) },
  { name: "agent-memory", title: "PSS of an agent that waits, 8 at once", measurement: "memory", figure: "an agent that waits", target: atMost(0.45, "hand-written"), orientation: atMost(45) },
  { name: "worker-memory", title: "PSS of the worker with 8 runs", measurement: "memory", figure: "the worker with 8 runs" },
  { name: "submit", title: "submissions over HTTP, 64 in flight", measurement: "submit", figure: "submissions", target: atLeast(0.25, "hand-written"), orientation: atLeast(4_000) },
  { name: "stream-p50", title: "event appended → one of 100 streams, p50", measurement: "streams", figure: "100 runs, a client each: p50", target: atMost(15) },
  { name: "stream-p99", title: "event appended → one of 100 streams, p99", measurement: "streams", figure: "100 runs, a client each: p99" },
  { name: "crowd-p50", title: "event appended → 100 streams of one run, p50", measurement: "streams", figure: "one run, 100 clients: p50", target: atMost(15) },
  { name: "waiters-p50", title: "settled → one of 1,000 long-polls, p50", measurement: "waiters", figure: "settlement → answer, p50", target: atMost(50) },
  { name: "waiters-p99", title: "settled → one of 1,000 long-polls, p99", measurement: "waiters", figure: "settlement → answer, p99" },
  { name: "recovery", title: "kill -9 of a worker → next attempt", measurement: "recovery", figure: "kill -9 → next attempt", target: atMost(600) },
  { name: "kept", title: "Redis memory of an ended invocation", measurement: "kept", figure: "kept in Redis", target: atMost(12_288) },
  { name: "deep-submit", title: "submit with 100,000 queued", measurement: "deep-queue", figure: "submit", target: atMost(1.2, "off") },
  { name: "deep-get", title: "get with 100,000 queued", measurement: "deep-queue", figure: "get", target: atMost(1.2, "off") },
  { name: "deep-list", title: "list with 100,000 queued", measurement: "deep-queue", figure: "list", target: atMost(1.2, "off") },
  { name: "deep-cancel", title: "cancel with 100,000 queued", measurement: "deep-queue", figure: "cancel", target: atMost(1.2, "off") },
  { name: "deep-claim", title: "claim with 100,000 queued", measurement: "deep-queue", figure: "claim", target: atMost(1.2, "off") },
];
