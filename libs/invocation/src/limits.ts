import * as z from "zod";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** A deployment may allow fewer. */
export const MAX_ATTEMPTS = 20;

/**
 * The bounds of one invocation. Milliseconds count while an attempt runs, never while the invocation waits in the
 * queue. The three deadlines are layered: first byte < idle < total.
 */
export const Limits = z.strictObject({
  firstByteMs: z
    .int()
    .min(1)
    .max(DAY_MS)
    .describe("From a model request to the first byte of its answer; counted from each request"),
  idleMs: z
    .int()
    .min(1)
    .max(DAY_MS)
    .describe(
      "Without any progress of the run: no event, no tool at work, and no bytes from the model, be they shown or not",
    ),
  totalMs: z.int().min(1).max(DAY_MS).describe("One attempt from start to end"),
  providerPatienceMs: z
    .int()
    .min(0)
    .max(DAY_MS)
    .describe(
      "How long a provider that is away, overloaded or refuses for its rate limit is waited for; 0: not at all",
    ),
  maxAttempts: z.int().min(1).max(MAX_ATTEMPTS),
  maxTurns: z.int().min(1).max(10_000),
  maxCostUsd: z.number().positive().max(100_000),
});
export type Limits = z.infer<typeof Limits>;

export const DEFAULT_LIMITS: Limits = Object.freeze({
  firstByteMs: 60 * SECOND_MS,
  idleMs: 300 * SECOND_MS,
  totalMs: 3_600 * SECOND_MS,
  providerPatienceMs: 900 * SECOND_MS,
  maxAttempts: 3,
  maxTurns: 100,
  maxCostUsd: 5,
});

/** The limits that a submission may name: each is optional, and those named must be in order. */
export const PartialLimits = Limits.partial().superRefine((limits, context) => {
  const ordered = (["firstByteMs", "idleMs", "totalMs"] as const).filter((name) => limits[name] !== undefined);
  for (const [i, name] of ordered.entries()) {
    const next = ordered[i + 1];
    if (next && (limits[name] ?? 0) > (limits[next] ?? 0)) {
      context.addIssue({ code: "custom", path: [name], message: `must not be greater than ${next}` });
    }
  }
});

/**
 * Fills in what was not named. A default never contradicts a named limit: it is lowered to the deadline above it,
 * or the total is raised to the deadlines below it.
 */
export function resolveLimits(named: z.infer<typeof PartialLimits> = {}): Limits {
  const limits = { ...DEFAULT_LIMITS, ...named };
  const totalMs = named.totalMs ?? Math.max(limits.totalMs, named.idleMs ?? 0, named.firstByteMs ?? 0);
  const idleMs = named.idleMs ?? Math.min(Math.max(limits.idleMs, named.firstByteMs ?? 0), totalMs);
  const firstByteMs = named.firstByteMs ?? Math.min(limits.firstByteMs, idleMs);
  return { ...limits, firstByteMs, idleMs, totalMs };
}
