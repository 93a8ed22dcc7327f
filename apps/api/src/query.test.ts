import { describe, expect, it } from "vitest";
import { parseQuery } from "./query.ts";

describe("a query", () => {
  it.each([
    ["", {}],
    ["a=1&b=", { a: "1", b: "" }],
    ["a=1&a=2", { a: ["1", "2"] }],
    ["metadata[ticket]=X-1&metadata%5Bteam%5D=a%26b", { metadata: { ticket: "X-1", team: "a&b" } }],
    ["metadata[a]=1&metadata[a]=2", { metadata: { a: ["1", "2"] } }],
    ["metadata=x&metadata[a]=1", { metadata: "x", "metadata[a]": "1" }],
    ["a[b][c]=1&[d]=2&e[=3", { "a[b][c]": "1", "[d]": "2", "e[": "3" }],
  ])("%j is read as %j", (text, expected) => {
    expect(JSON.parse(JSON.stringify(parseQuery(text)))).toEqual(expected);
  });

  it("changes the prototype of nothing", () => {
    const query = parseQuery("__proto__[admin]=1&metadata[__proto__]=2&constructor[prototype]=3");
    expect(Object.getPrototypeOf(query)).toBeNull();
    expect(({} as { admin?: string }).admin).toBeUndefined();
    expect(Object.entries(query.metadata as object)).toEqual([["__proto__", "2"]]);
  });
});
