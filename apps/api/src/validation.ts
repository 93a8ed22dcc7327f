import type { FastifySchemaCompiler } from "fastify";
import type * as z from "zod";
import { ProblemError } from "./problem-error.ts";

/** A thousand bad files need not make a thousand lines. */
const MAX_ERRORS = 50;

/** The parts of a request that have a schema, as the pointers of their faults begin. The body's begin with nothing. */
const PLACES: Readonly<Record<string, string>> = { params: "/path", querystring: "/query", headers: "/header" };

interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** Validates with the zod schemas of a route; what is wrong becomes a problem that points at each fault. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart = "body" }) => {
  const place = PLACES[httpPart] ?? "";
  return (data) => {
    const { data: value, error } = schema.safeParse(data);
    return error ? { error: invalidRequest(error, place) } : { value };
  };
};

/** The problem for a value that its schema refuses. `place` comes before every pointer. */
export function invalidRequest(error: z.ZodError, place = ""): ProblemError {
  const errors = error.issues.flatMap((issue) => faults(issue, place)).slice(0, MAX_ERRORS);
  const [first] = errors;
  const detail = first ? `${first.pointer || "The body"}: ${first.detail}` : "The request is not valid";
  return new ProblemError(400, "invalid_request", detail, { errors });
}

function faults(issue: z.core.$ZodIssue, place: string): Fault[] {
  const pointer = place + toPointer(issue.path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ pointer: pointer + toPointer([key]), detail: "is not a known field" }));
  if (issue.code === "invalid_key")
    return [{ pointer: place + toPointer(nameable(issue.path)), detail: keyFault(issue) }];
  if (issue.code === "invalid_union") {
    const branch = closestBranch(issue.errors);
    if (branch) return branch.flatMap((inner) => faults(inner, pointer));
    return [{ pointer, detail: expectation(issue.errors) ?? issue.message }];
  }
  return [{ pointer, detail: issue.message }];
}

/** What is wrong with the name of a field that clients choose. */
function keyFault({ issues, message }: z.core.$ZodIssueInvalidKey): string {
  return issues[0]?.message ?? message;
}

/** The path without its last part when that is no plain name: by mistake it may hold a value, and that a secret. */
function nameable(path: readonly PropertyKey[]): readonly PropertyKey[] {
  return /^[\w.-]{1,64}$/.test(String(path.at(-1))) ? path : path.slice(0, -1);
}

/** The alternative that the value was meant for: one whose faults all lie inside of the value. */
function closestBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  return branches.find((issues) => issues.length > 0 && issues.every(({ path, code }) => isInside(path, code)));
}

/** What the alternatives want, in the words of zod's other messages. */
function expectation(branches: readonly z.core.$ZodIssue[][]): string | undefined {
  const expected = branches.flat().flatMap((issue) => (issue.code === "invalid_type" ? [issue.expected] : []));
  return expected.length > 0 ? `Invalid input: expected ${[...new Set(expected)].join(" or ")}` : undefined;
}

function isInside(path: readonly PropertyKey[], code: string): boolean {
  return path.length > 0 || code !== "invalid_type";
}

/** A JSON pointer (RFC 6901). */
function toPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
