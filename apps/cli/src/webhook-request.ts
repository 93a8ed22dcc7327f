import type { SubmissionInput } from "@pifleet/client";
import { UsageError } from "./failure.ts";
import { readSecret } from "./secret-option.ts";

/** What the command line says about the webhook of a submission. */
export interface WebhookOptions {
  readonly webhook?: string;
  /** The secret, or `@path`. */
  readonly webhookSecret?: string;
  readonly webhookEvents?: readonly string[];
}

/**
 * The webhook that the submission names, if it names one; what it says is for the API to judge.
 * @throws {UsageError} when there is no URL for what is said of it, or a file cannot be read; it never repeats a secret
 */
export async function buildWebhookRequest(options: WebhookOptions): Promise<SubmissionInput["webhook"]> {
  const { webhook: url, webhookSecret, webhookEvents } = options;
  if (url !== undefined)
    return {
      url,
      events: webhookEvents as NonNullable<SubmissionInput["webhook"]>["events"],
      secret: await readSecret(webhookSecret),
    };
  if (webhookSecret === undefined && webhookEvents === undefined) return undefined;
  throw new UsageError("--webhook-secret and --webhook-events go with --webhook URL.");
}
