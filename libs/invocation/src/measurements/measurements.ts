import { type ErrorCode, ErrorCode as ErrorCodes } from "../error-code.ts";
import { TERMINAL_STATUSES } from "../terminal.ts";

/** Labels, each with all its values. */
export type ClosedLabelSets = Readonly<Record<string, readonly string[]>>;

/** Instead of the values of a label: any text. How many series that comes to is bounded, see `MAX_OPEN_FIELDS`. */
export const ANY_TEXT = null;

/** The labels of a counter, each with all its values, or with `ANY_TEXT`. */
export type LabelSets = Readonly<Record<string, readonly string[] | typeof ANY_TEXT>>;

/** What is measured in numbers that spread, such as a duration. */
export interface HistogramMeasurement {
  readonly help: string;
  /** What it is measured in; its name ends with it. */
  readonly unit: "seconds" | "tokens";
  readonly labels: ClosedLabelSets;
  /** The upper bounds of its buckets, ascending, in its unit. They may be changed: see `readMeasured`. */
  readonly buckets: readonly number[];
}

/** What is counted. */
export interface CounterMeasurement {
  readonly help: string;
  /** The unit of what is added up, when that is no whole number. */
  readonly unit?: "usd";
  readonly labels: LabelSets;
}

/** How an attempt can end. */
const ENDED: readonly ["succeeded", "handed_back", ...ErrorCode[]] = [
  "succeeded",
  "handed_back",
  ...ErrorCodes.options,
];
const TOKEN_KINDS = ["input", "output", "cache_read", "cache_write"] as const;
const AUDIENCES = ["deployment", "invocation"] as const;
const RUN_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200];

/** The histograms of the fleet. In Prometheus their names begin with `pifleet_`. */
export const HISTOGRAMS = {
  queue_wait_seconds: {
    help: "Time from when an invocation could run, after its delay or the end of the attempt before, to the attempt",
    unit: "seconds",
    labels: {},
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200],
  },
  run_duration_seconds: {
    help: "Time from the first start of an invocation to its end, by the status that it ended in",
    unit: "seconds",
    labels: { status: TERMINAL_STATUSES },
    buckets: RUN_BUCKETS,
  },
  attempt_duration_seconds: {
    help: "Time from the start of an attempt to its end, by what it ended with",
    unit: "seconds",
    labels: { ended: ENDED },
    buckets: RUN_BUCKETS,
  },
  // Neither by provider nor by model: with the buckets that would be too many series. The spans tell them.
  time_to_first_token_seconds: {
    help: "Time from a model request to the first byte of its answer",
    unit: "seconds",
    labels: {},
    buckets: [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 20, 30, 60],
  },
  tokens: {
    help: "Tokens that an attempt took, by kind; those of the two cache kinds are among the input tokens",
    unit: "tokens",
    labels: { kind: TOKEN_KINDS },
    // The buckets of `gen_ai.client.token.usage` in the GenAI conventions: powers of 4.
    buckets: Array.from({ length: 14 }, (_, power) => 4 ** power),
  },
  trace_export_duration_seconds: {
    help: "Time that it took to send the spans of an attempt to a collector, or to give up for now",
    unit: "seconds",
    labels: { audience: AUDIENCES },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  webhook_try_duration_seconds: {
    help: "Time that one try to bring a webhook message to its receiver took, whatever came of it",
    unit: "seconds",
    labels: {},
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
  },
} as const satisfies Record<string, HistogramMeasurement>;

/** The labelled counters of the fleet. In Prometheus their names begin with `pifleet_`. */
export const COUNTERS = {
  trace_exports_total: {
    help: "Tries to send the spans of an attempt, by whose collector it was and what came of it",
    labels: { audience: AUDIENCES, result: ["ok", "partial", "spooled", "quarantined", "refused", "off"] },
  },
  trace_spans_dropped_total: {
    help: "Spans that no collector will get: refused by it, given up because of their age, or more than an attempt may have",
    labels: { reason: ["refused", "expired", "too_many"] },
  },
  runner_starts_total: {
    help: "Attempts that got a runner: a warm one that waited for it, or a cold one that had to start first",
    labels: { kind: ["warm", "cold"] },
  },
  usage_tokens_total: {
    help: "Tokens of model requests, by tenant, provider, model and kind; those of the two cache kinds are among the input tokens",
    labels: { tenant: ANY_TEXT, provider: ANY_TEXT, model: ANY_TEXT, kind: TOKEN_KINDS },
  },
  usage_cost_usd_total: {
    help: "What model requests cost at list prices, by tenant, provider and model, US dollars",
    unit: "usd",
    labels: { tenant: ANY_TEXT, provider: ANY_TEXT, model: ANY_TEXT },
  },
  webhook_deliveries_total: {
    help: "What came of webhook messages that were due: delivered, failed with another try to follow, dead, or put off without a try",
    labels: { result: ["delivered", "failed", "dead", "postponed"] },
  },
} as const satisfies Record<string, CounterMeasurement>;

export type HistogramName = keyof typeof HISTOGRAMS;
export type CounterName = keyof typeof COUNTERS;

type Measurements = typeof HISTOGRAMS & typeof COUNTERS;

/** A value for each label of a measurement. */
export type LabelsOf<Name extends HistogramName | CounterName> = {
  readonly [Label in keyof Measurements[Name]["labels"]]: Measurements[Name]["labels"][Label] extends readonly (infer Value)[]
    ? Value
    : string;
};
