export { type BackendOptions, connectBackend } from "./backend.ts";
export { needsNoPassword, OPEN_REDIS_WARNING } from "./connection/open-redis.ts";
