export { type BackendOptions, connectBackend } from "./backend.ts";
