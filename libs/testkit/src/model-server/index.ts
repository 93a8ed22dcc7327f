export { CLAIMED_USAGE } from "./dialects/dialect.ts";
export { type ModelRequest, ModelServer, startModelServer } from "./model-server.ts";
export { FAKE_API_KEY } from "./models-file.ts";
export * from "./replies.ts";
