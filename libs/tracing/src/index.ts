export * from "./carrier.ts";
export * from "./exporter.ts";
export * from "./ids.ts";
export * from "./span-recorder.ts";
