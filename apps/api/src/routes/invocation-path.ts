import { type Backend, type Invocation, InvocationId, type InvocationSummary } from "@pifleet/invocation";
import type { FastifyRequest } from "fastify";
import * as z from "zod";
import { logAbout, logFields } from "../log-fields.ts";
import { ProblemError } from "../problem-error.ts";

/** The path parameters of the routes below one invocation. */
export const InvocationPath = z.object({ id: InvocationId });

/**
 * The invocation that a path names.
 * @throws {ProblemError} 404 when there is none, and alike when it is another tenant's.
 */
export async function findInvocation({ store }: Backend, request: FastifyRequest): Promise<Invocation> {
  const { id } = InvocationPath.parse(request.params);
  const invocation = await store.get(request.identity.tenant, id);
  if (!invocation) throw unknownInvocation();
  logAbout(request, logFields(invocation));
  return invocation;
}

/**
 * The same without the fields that may be large.
 * @throws {ProblemError} 404, as above
 */
export async function findSummary({ store }: Backend, request: FastifyRequest): Promise<InvocationSummary> {
  const { id } = InvocationPath.parse(request.params);
  const summary = await store.summary(request.identity.tenant, id);
  if (!summary) throw unknownInvocation();
  logAbout(request, logFields(summary));
  return summary;
}

/** The answer for an id that the tenant has no invocation of. */
export function unknownInvocation(): ProblemError {
  return new ProblemError(404, "invocation_not_found", "There is no invocation with this id");
}
