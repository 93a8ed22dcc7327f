import { measureDeepQueue } from "../deep-queue.ts";
import { measureLeak } from "../leak.ts";
import type { Measure } from "../report.ts";
import { measureAdmission } from "./admission.ts";
import { measureFairness } from "./fairness.ts";
import { measureKept } from "./kept.ts";
import { measureMemory } from "./memory.ts";
import { measurePhases } from "./phases.ts";
import { measureRecovery } from "./recovery.ts";
import { measureStart } from "./start.ts";
import { measureStreams } from "./streams.ts";
import { measureSubmit } from "./submit.ts";
import { measureThroughput } from "./throughput.ts";
import { measureLongTracing, measureShortTracing } from "./tracing.ts";
import { measureWaiters } from "./waiters.ts";

/** Everything that is measured, by its name. */
export const MEASUREMENTS = {
  start: measureStart,
  throughput: measureThroughput,
  phases: measurePhases,
  memory: measureMemory,
  submit: measureSubmit,
  recovery: measureRecovery,
  kept: measureKept,
  fairness: measureFairness,
  admission: measureAdmission,
  streams: measureStreams,
  waiters: measureWaiters,
  "deep-queue": measureDeepQueue,
  leak: measureLeak,
  "tracing-short": measureShortTracing,
  "tracing-long": measureLongTracing,
} satisfies Record<string, Measure>;

export type MeasurementName = keyof typeof MEASUREMENTS;

/** The names, in the order in which they are made. */
export const MEASUREMENT_NAMES = Object.keys(MEASUREMENTS) as MeasurementName[];
