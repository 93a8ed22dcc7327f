import { Problem, UnavailableError } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { ProblemError } from "./problem-error.ts";
import { toProblemError } from "./problems.ts";

const REFERENCE = "ref-1";
const withCode = (code: string, statusCode: number) => Object.assign(new Error("inner words"), { code, statusCode });

describe("the problem for an error", () => {
  it("is the one that the route has made", () => {
    const error = new ProblemError(409, "illegal_transition", "It has ended");
    expect(toProblemError(error, REFERENCE)).toBe(error);
    expect(Problem.parse(error.problem)).toEqual({
      type: "about:blank#illegal_transition",
      title: "Conflict",
      status: 409,
      detail: "It has ended",
      code: "illegal_transition",
    });
  });

  it("says when to try again while the database is away", () => {
    const { problem, headers } = toProblemError(new UnavailableError("connect ECONNREFUSED"), REFERENCE);
    expect(problem).toMatchObject({ status: 503, code: "unavailable", title: "Service Unavailable" });
    expect(headers).toEqual({ "retry-after": "1" });
  });

  it.each([
    ["FST_ERR_CTP_INVALID_MEDIA_TYPE", 415, 415, "unsupported_media_type"],
    ["FST_ERR_CTP_BODY_TOO_LARGE", 413, 413, "body_too_large"],
    ["FST_ERR_CTP_INVALID_JSON_BODY", 400, 400, "malformed_json"],
    ["FST_ERR_BAD_URL", 400, 400, "invalid_path"],
    ["WHATEVER", 418, 418, "malformed_request"],
    ["WHATEVER", 502, 500, "internal"],
  ])("of code %s and status %d is %d %s", (code, statusCode, status, problemCode) => {
    expect(toProblemError(withCode(code, statusCode), REFERENCE).problem).toMatchObject({ status, code: problemCode });
  });

  it.each([
    ["an error", new TypeError("cannot read /home/somebody/x.ts")],
    ["what is no error", "inner words"],
    ["nothing", undefined],
    ["null", null],
    ["an error that the client seems to have caused", withCode("WHATEVER", 400)],
  ])("that nobody foresaw shows none of its words: %s", (_, error) => {
    const { problem } = toProblemError(error, REFERENCE);
    expect(JSON.stringify(problem)).not.toMatch(/inner words|somebody/);
    expect(Problem.parse(problem)).toEqual(problem);
  });

  it("that nobody foresaw names the reference under which the log has it", () => {
    expect(toProblemError(new Error("x"), REFERENCE).problem.detail).toContain(REFERENCE);
  });
});
