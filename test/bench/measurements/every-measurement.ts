import type { Measure } from "../report.ts";
import { measureAdmission } from "./admission.ts";
import { measureFairness } from "./fairness.ts";
import { measureKept } from "./kept.ts";
import { measureMemory } from "./memory.ts";
import { measureStart } from "./start.ts";
import { measureStreams } from "./streams.ts";
import { measureThroughput } from "./throughput.ts";
import { measureLongTracing, measureShortTracing } from "./tracing.ts";
import { measureWaiters } from "./waiters.ts";

/** Everything that is measured, by its name. */
export const MEASUREMENTS: Readonly<Record<string, Measure>> = {
  "tracing-short": measureShortTracing,
  "tracing-long": measureLongTracing,
  start: measureStart,
  throughput: measureThroughput,
  memory: measureMemory,
  kept: measureKept,
  fairness: measureFairness,
  admission: measureAdmission,
  streams: measureStreams,
  waiters: measureWaiters,
};
