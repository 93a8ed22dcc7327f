import type { Invocation } from "@pifleet/invocation";
import type { FastifyRequest } from "fastify";

/** The fields by which the log lines about an invocation are found, and joined to its trace. */
export interface LogFields {
  readonly invocation: string;
  readonly trace_id: string;
  /** The span of the request, when it has one of its own in the trace. */
  readonly span_id?: string;
}

export function logFields({ id, trace }: Pick<Invocation, "id" | "trace">, spanId?: string): LogFields {
  return { invocation: id, trace_id: trace.traceId, ...(spanId !== undefined && { span_id: spanId }) };
}

/** Lets all further lines about a request name the invocation that it turned out to be about. */
export function logAbout(request: FastifyRequest, fields: LogFields): void {
  request.log = request.log.child(fields);
}
