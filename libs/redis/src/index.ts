export { type BackendOptions, connectBackend } from "./backend.ts";
export { needsNoPassword, OPEN_REDIS_WARNING } from "./open-redis.ts";
