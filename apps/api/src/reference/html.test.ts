import { expect, it } from "vitest";
import { html, prose } from "./html.ts";

it("escapes strings, keeps HTML, joins arrays and leaves out what is undefined", () => {
  expect(html`<p title="${`"'`}">${"<b> & co"}${html`<i>${1}</i>`}${["a", "<"]}${undefined}</p>`.text).toBe(
    '<p title="&quot;&#39;">&lt;b&gt; &amp; co<i>1</i>a&lt;</p>',
  );
});

it.each([
  ["Send `a<b` twice", "Send <code>a&lt;b</code> twice"],
  ["One ` alone", "One ` alone"],
  [undefined, ""],
])("shows code in prose: %s", (text, shown) => {
  expect(prose(text).text).toBe(shown);
});
