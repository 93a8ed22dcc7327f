import { type Backend, type StoredWebhook, WebhookId } from "@pifleet/invocation";
import type { FastifyRequest } from "fastify";
import * as z from "zod";
import { ProblemError } from "../problem-error.ts";

/** The path parameters of the routes below one webhook. */
export const WebhookPath = z.object({ id: WebhookId });

/**
 * The webhook that a path names.
 * @throws {ProblemError} 404 when there is none, and alike when it is another tenant's.
 */
export async function findWebhook({ webhooks }: Backend, request: FastifyRequest): Promise<StoredWebhook> {
  const { id } = WebhookPath.parse(request.params);
  const webhook = await webhooks.get(request.identity.tenant, id);
  if (!webhook) throw unknownWebhook();
  return webhook;
}

/** The answer for an id that the tenant has no webhook of. */
export function unknownWebhook(): ProblemError {
  return new ProblemError(404, "webhook_not_found", "There is no webhook with this id");
}

/** Refuses to redeliver to a webhook that is told nothing. @throws {ProblemError} 409 */
export function requireEnabled({ id, enabled }: StoredWebhook): void {
  if (enabled) return;
  const remedy = `enable it first: PATCH /v1/webhooks/${id} with {"enabled": true}`;
  throw new ProblemError(409, "webhook_disabled", `The webhook is disabled, so that nothing is sent to it; ${remedy}`);
}
