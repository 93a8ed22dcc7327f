export { describeEventLogConformance } from "./conformance/event-log-conformance.ts";
export type { MakeBackend } from "./conformance/make-backend.ts";
export { describeQueueConformance } from "./conformance/queue-conformance.ts";
export { describeSpanLogConformance } from "./conformance/span-log-conformance.ts";
export { describeStoreConformance } from "./conformance/store-conformance.ts";
export { describeWorkerRegistryConformance } from "./conformance/worker-registry-conformance.ts";
export { createMemoryBackend } from "./memory/backend.ts";
export { RedisServer } from "./redis-server/redis-server.ts";
export { TcpProxy } from "./redis-server/tcp-proxy.ts";
