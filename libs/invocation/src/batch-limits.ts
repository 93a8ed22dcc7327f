/** How much one `POST /v1/invocations/batch` holds at most. */
export const BATCH_LIMITS = {
  invocations: 1_000,
  /** The whole body. */
  bytes: 16_777_216,
} as const;
