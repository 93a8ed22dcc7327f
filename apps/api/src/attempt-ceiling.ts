import { DEFAULT_LIMITS, type Submission } from "@pifleet/invocation";
import { ProblemError } from "./problem-error.ts";

/**
 * The submission with no more attempts than the deployment allows: the default is lowered to it.
 * @param most `PIFLEET_MAX_ATTEMPTS`
 * @throws {ProblemError} 400 when it asks for more
 */
export function withinAttempts(submission: Submission, most: number): Submission {
  const { maxAttempts } = submission.limits ?? {};
  if (maxAttempts === undefined && DEFAULT_LIMITS.maxAttempts > most)
    return { ...submission, limits: { ...submission.limits, maxAttempts: most } };
  if (maxAttempts === undefined || maxAttempts <= most) return submission;
  const detail = `must not be greater than ${most}, the limit of this deployment (PIFLEET_MAX_ATTEMPTS)`;
  const errors = [{ pointer: "/limits/maxAttempts", detail }];
  throw new ProblemError(400, "invalid_request", `/limits/maxAttempts: ${detail}`, { errors });
}
