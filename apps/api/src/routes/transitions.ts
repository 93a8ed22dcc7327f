import {
  type CancelResult,
  type Invocation,
  InvocationRecord,
  type PauseResult,
  type Status,
  type Transition,
  toRecord,
} from "@pifleet/invocation";
import type { FastifyRequest } from "fastify";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { actorOf } from "../authentication.ts";
import { logAbout, logFields } from "../log-fields.ts";
import { ProblemError } from "../problem-error.ts";
import { problemResponses } from "../problems.ts";
import { InvocationPath, unknownInvocation } from "./invocation-path.ts";

/** What clients may ask of an invocation; all other transitions are the fleet's own. */
const REQUESTED = ["cancel", "pause", "resume"] as const satisfies Transition[];
type Requested = (typeof REQUESTED)[number];

const DESCRIPTIONS: Readonly<Record<Requested, { summary: string; description: string }>> = {
  cancel: {
    summary: "Cancel an invocation",
    description: "A queued one never starts; a running one is ended soon. Doing it again changes nothing.",
  },
  pause: {
    summary: "Pause a running invocation",
    description:
      "Its worker stops the processes where they are and keeps it. While it is paused it is never idle, but " +
      "`limits.totalMs` goes on. Doing it again changes nothing.",
  },
  resume: {
    summary: "Resume a paused invocation",
    description: "Its processes go on where they were. Doing it again changes nothing.",
  },
};

/** Adds `POST /invocations/{id}/cancel`, `/pause` and `/resume`. */
export function transitionRoutes(app: App, services: Services): void {
  for (const transition of REQUESTED) {
    const schema = {
      operationId: `${transition}Invocation`,
      ...DESCRIPTIONS[transition],
      tags: ["invocations"],
      params: InvocationPath,
      ...(transition === "cancel" && { body: CancelBody }),
      response: { 202: InvocationRecord, ...problemResponses(400, 401, 403, 404, 409, 503) },
    };
    app.post(
      `/invocations/:id/${transition}`,
      { schema, config: { scope: "invocations:write" }, preValidation: allowNoBody },
      async (request, reply) => {
        const result = await ask(services, transition, request);
        const invocation = granted(transition, result);
        logAbout(request, logFields(invocation));
        if (result.kind === "cancelled") takeOut(invocation, services);
        return reply.code(202).send(toRecord(invocation));
      },
    );
  }
}

const MAX_REASON_CHARS = 500;

const CancelBody = z
  .strictObject({ reason: z.string().min(1).max(MAX_REASON_CHARS).optional().describe("Is shown in the record") })
  .meta({ id: "CancelRequest" });

async function allowNoBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}

async function ask({ backend }: Services, transition: Requested, request: FastifyRequest) {
  const { identity, params, body } = request;
  const { id } = InvocationPath.parse(params);
  if (transition !== "cancel") return backend.store[transition](identity.tenant, id);
  const { reason = null } = CancelBody.parse(body);
  return backend.store.cancel(identity.tenant, id, { by: actorOf(identity), reason });
}

function granted(transition: Requested, result: CancelResult | PauseResult): Invocation {
  if (result.kind === "missing") throw unknownInvocation();
  if (result.kind === "illegal") throw illegalTransition(transition, result.status, result.legal);
  return result.invocation;
}

function illegalTransition(transition: Requested, status: Status, legal: readonly Transition[]): ProblemError {
  const allowed = REQUESTED.filter((other) => legal.includes(other));
  const hint = allowed.length > 0 ? `allowed: ${allowed.join(", ")}` : "nothing is allowed any more";
  return new ProblemError(
    409,
    "illegal_transition",
    `The invocation is ${status}; ${transition} is not possible (${hint})`,
  );
}

/** Its entry may stay: whoever claims it finds that the invocation has ended. */
function takeOut(invocation: Invocation, { backend, background }: Services): void {
  const removal = backend.queue.remove(invocation.id);
  background.run(removal, "cancelled, but could not take it out of the queue", logFields(invocation));
}
