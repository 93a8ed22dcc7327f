export * from "./configuration.ts";
export * from "./private-environment.ts";
