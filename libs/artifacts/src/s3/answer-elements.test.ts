import { expect, it } from "vitest";
import { element, elements } from "./answer-elements.ts";

const LIST = `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>true</IsTruncated>
<Contents><Key>a&amp;b&lt;&#65;&#x42;&eacute;</Key><ETag>&quot;x&quot;</ETag></Contents><Contents>
  <Key/></Contents></ListBucketResult>`;

it("elements are found by their names, in order, over several lines", () => {
  expect(elements(LIST, "Contents").map((content) => element(content, "Key"))).toEqual(["a&b<AB&eacute;", undefined]);
  expect(element(LIST, "ETag")).toBe('"x"');
  expect(element(LIST, "IsTruncated")).toBe("true");
  expect(element(LIST, "Code")).toBeUndefined();
  expect(elements("not XML", "Contents")).toEqual([]);
});
