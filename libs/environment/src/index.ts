export * from "./configuration.ts";
export * from "./end-with-npm.ts";
export * from "./private-environment.ts";
