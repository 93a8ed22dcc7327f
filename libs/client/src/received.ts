import type * as fleet from "@pifleet/invocation";

/** One of the values that are known here, or one that a newer API has. Editors offer those that are known. */
export type Open<Known extends string> = Known | (string & {});

/** Why an attempt did not succeed. New codes may come: give your `switch` a `default`. */
export type ErrorCode = Open<fleet.ErrorCode>;

/** Why an invocation did not succeed. */
export type InvocationError = OpenCodes<fleet.InvocationError>;

/** One line of the story that `attempts` tells. */
export type Attempt = OpenCodes<fleet.Attempt>;

/**
 * An invocation. Its `status` tells which fields it has: after `if (invocation.status === "succeeded")` its `output` is a
 * text, and while it is `queued` its `endedAt` is `null`. A newer API may have statuses that are not listed here.
 */
export type InvocationRecord = OpenCodes<fleet.InvocationRecord>;

/** An invocation as lists show it; `get` has the rest. Its `status` tells which fields it has. */
export type InvocationSummary = OpenCodes<fleet.InvocationSummary>;

/** An invocation that has ended. */
export type EndedInvocation = Extract<InvocationRecord, { readonly status: fleet.TerminalStatus }>;

/** An event of an invocation, with its place in the log. Its `type` tells which fields it has. New types may come. */
export type LoggedEvent = OpenCodes<fleet.LoggedEvent>;

/**
 * An answer of the API whose error codes are open. Only they are: `status` and `type` tell the alternatives of a union
 * apart, which a compiler can do for values that it knows.
 */
type OpenCodes<Answer> = { [Field in keyof Answer]: OpenField<Field, Answer[Field]> };

type OpenField<Field, Value> = Field extends "error"
  ? Value extends object
    ? OpenCodes<Value>
    : Value
  : Field extends "attempts"
    ? Value extends (infer Item)[]
      ? OpenCodes<Item>[]
      : Value
    : Field extends "code" | "ended"
      ? OpenText<Value>
      : Value;

type OpenText<Value> = Value extends string ? Open<Value> : Value;
