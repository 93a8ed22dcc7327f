import { describe, expect, it } from "vitest";
import * as z from "zod";
import { invalidRequest } from "./validation.ts";

const Part = z.strictObject({ type: z.literal("text"), text: z.string() });
const Body = z.strictObject({
  name: z.string(),
  content: z.union([z.string().min(1, "must not be empty"), z.array(Part).min(1)]).optional(),
});

function errorsOf(value: unknown, place?: string) {
  const { error } = Body.safeParse(value);
  return error ? invalidRequest(error, place).problem.errors : [];
}

describe("what is wrong with a value", () => {
  it("is pointed at, all of it", () => {
    expect(errorsOf({ name: 1, more: 2, "a/b": 3 })?.map(({ pointer }) => pointer)).toEqual([
      "/name",
      "/more",
      "/a~1b",
    ]);
  });

  it("is pointed at inside of the alternative that was meant", () => {
    const content = [
      { type: "text", text: "a" },
      { type: "text", txt: "b" },
    ];
    expect(errorsOf({ name: "n", content })?.map(({ pointer }) => pointer)).toEqual([
      "/content/1/text",
      "/content/1/txt",
    ]);
    expect(errorsOf({ name: "n", content: "" })).toEqual([{ pointer: "/content", detail: "must not be empty" }]);
  });

  it("is the whole alternative when none was meant", () => {
    const detail = "Invalid input: expected string or array";
    expect(errorsOf({ name: "n", content: 7 })).toEqual([{ pointer: "/content", detail }]);
  });

  it("is pointed at with the place of the value before it", () => {
    expect(errorsOf({}, "/query")).toMatchObject([{ pointer: "/query/name" }]);
  });

  it("is said in the detail too, the first of it", () => {
    const { error } = Body.safeParse([]);
    expect(error && invalidRequest(error).problem.detail).toMatch(/^The body: Invalid input: expected object/);
  });
});
